// What readers may do with tables and charts: sort by a column, show only rows with some words,
// save a chart as a picture. Pages are complete without it.
(function () {
  "use strict";

  var FEWEST_SORTED = 4;
  var FEWEST_FILTERED = 12;
  var PICTURE_WIDTH = 1900;
  var words = document.querySelector("[data-sort]").dataset;

  document.querySelectorAll(".table-region").forEach(prepareTable);
  document.querySelectorAll("figure").forEach(prepareChart);

  function prepareTable(region) {
    var table = region.querySelector("table");
    var rows = Array.from(table.tBodies[0].rows);
    if (rows.length < FEWEST_SORTED) {
      return;
    }
    var status = document.createElement("p");
    status.className = "quiet";
    status.setAttribute("role", "status");
    region.before(status);
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      prepareHead(head, column, table, rows, heads, status);
    });
    if (rows.length >= FEWEST_FILTERED) {
      region.before(filterOf(region, rows, status));
    }
  }

  // Presses lead from the release's own order to rising, to falling, and back to it.
  function prepareHead(head, column, table, rows, heads, status) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append.apply(button, head.childNodes);
    head.replaceChildren(button);
    button.addEventListener("click", function () {
      var now = head.getAttribute("aria-sort");
      var next = !now ? "ascending" : now === "ascending" ? "descending" : "";
      heads.forEach(function (other) {
        other.removeAttribute("aria-sort");
      });
      if (next) {
        head.setAttribute("aria-sort", next);
      }
      table.tBodies[0].append.apply(table.tBodies[0], next ? sorted(rows, column, next) : rows);
      status.textContent = next
        ? words[next].replace("{column}", button.textContent)
        : words.unsorted;
    });
  }

  // Marks such as [c] have no place among numbers: they stand last either way.
  function sorted(rows, column, direction) {
    var sign = direction === "ascending" ? 1 : -1;
    var keyed = rows.map(function (row) {
      var text = row.cells[column].textContent.trim();
      var number = parseFloat(text.replace(/,/g, "").replace("\u2212", "-"));
      return { row: row, text: text, number: number, last: /^\[|^$/.test(text) };
    });
    var numeric = keyed.some(function (key) {
      return !key.last && !Number.isNaN(key.number);
    });
    keyed.sort(function (a, b) {
      if (a.last || b.last) {
        return a.last - b.last;
      }
      return sign * (numeric ? a.number - b.number : a.text.localeCompare(b.text, document.documentElement.lang));
    });
    return keyed.map(function (key) {
      return key.row;
    });
  }

  function filterOf(region, rows, status) {
    var label = document.createElement("label");
    var field = document.createElement("input");
    var name = document.createElement("span");
    label.className = "filter";
    field.type = "search";
    field.autocomplete = "off";
    name.textContent = words.filter;
    label.append(name, field);
    field.addEventListener("input", function () {
      var wanted = plain(field.value).split(/\s+/).filter(Boolean);
      var shown = 0;
      rows.forEach(function (row) {
        var text = plain(row.textContent);
        row.hidden = !wanted.every(function (word) {
          return text.includes(word);
        });
        shown += row.hidden ? 0 : 1;
      });
      status.textContent = words.shown.replace("{shown}", shown).replace("{all}", rows.length);
    });
    return label;
  }

  function plain(text) {
    return text
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .toLowerCase();
  }

  function prepareChart(figure) {
    var chart = figure.querySelector("svg.chart");
    if (!chart) {
      return;
    }
    var offers = figure.querySelector(".downloads");
    if (!offers) {
      offers = document.createElement("div");
      offers.className = "downloads";
      figure.append(offers);
    }
    if (!offers.querySelector("[data-svg]")) {
      offers.append(offer("SVG", function () {
        save(new Blob([drawing(chart)], { type: "image/svg+xml" }), figure.id + ".svg");
      }));
    }
    offers.append(offer("PNG", function () {
      savePicture(chart, figure.id + ".png");
    }));
  }

  function offer(kind, act) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = words.save.replace("{kind}", kind);
    button.addEventListener("click", act);
    return button;
  }

  // A picture by itself knows nothing of the page's styles.
  function drawing(chart) {
    var copy = chart.cloneNode(true);
    var box = chart.viewBox.baseVal;
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", box.width);
    copy.setAttribute("height", box.height);
    copy.setAttribute("font-family", "'IBM Plex Sans', Arial, sans-serif");
    return new XMLSerializer().serializeToString(copy);
  }

  function savePicture(chart, name) {
    var box = chart.viewBox.baseVal;
    var picture = new Image();
    picture.addEventListener("load", function () {
      var canvas = document.createElement("canvas");
      canvas.width = PICTURE_WIDTH;
      canvas.height = Math.round((PICTURE_WIDTH * box.height) / box.width);
      var pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (blob) {
        save(blob, name);
      });
    });
    picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(drawing(chart));
  }

  function save(blob, name) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }
})();
