// Filters and sorts the table of theorems; without it the table is complete and in order.
(function () {
  "use strict";
  var table = document.querySelector("table[data-sortable]");
  if (!table) return;
  var body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows), form = document.querySelector(".filters");
  var count = form.querySelector("output");
  function field(name) { return form.querySelector("[name=" + name + "]"); }
  function apply() {
    var wanted = field("text").value.toLowerCase().split(/\s+/), status = field("status").value, family = field("family").value;
    var odd = field("odd").checked, shown = 0;
    rows.forEach(function (row) {
      var text = row.dataset.text;
      var fits = wanted.every(function (w) { return text.indexOf(w) >= 0; }) && (!status || row.dataset.statuses.split(" ").indexOf(status) >= 0) &&
        (!family || row.dataset.family === family) && (!odd || row.dataset.odd === "1");
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = shown + " of " + rows.length;
  }
  function key(row, i) { var v = row.cells[i].dataset.sort; return v === undefined ? row.cells[i].textContent.trim() : v; }
  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, i) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () {
      var up = head.getAttribute("aria-sort") !== "ascending", numeric = head.classList.contains("num");
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (h) { h.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      rows.sort(function (a, b) {
        var x = key(a, i), y = key(b, i);
        if (numeric) {
          if (x === "" || y === "") return (x === "") - (y === "");
          return up ? x - y : y - x;
        }
        return (up ? 1 : -1) * x.localeCompare(y);
      });
      rows.forEach(function (row) { body.appendChild(row); });
    });
  });
  function fromAddress() {
    var match = /^#status=(\w+)$/.exec(decodeURIComponent(location.hash));
    if (!match) return;
    field("status").value = match[1];
    apply();
    table.scrollIntoView();
  }
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  window.addEventListener("hashchange", fromAddress);
  form.hidden = false;
  apply();
  fromAddress();
})();
