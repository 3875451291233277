// What pages do beyond HTML: fold the contents on narrow screens, open "on this page" on wide
// ones, and search. Pages are complete without it.
(function () {
  "use strict";

  // Pages that stand in a folder of their own reach the others through it.
  var root = document.querySelector("[data-root]").dataset.root;

  var contents = document.querySelector(".contents-fold");
  var wide = window.matchMedia("(min-width: 60rem)");
  function foldContents() {
    contents.open = wide.matches;
  }
  foldContents();
  wide.addEventListener("change", foldContents);

  document.addEventListener("DOMContentLoaded", function () {
    openSectionList();
    showCurrentPage();
    prepareSearch();
  });

  function openSectionList() {
    var list = document.querySelector(".on-this-page details");
    if (!list) {
      return;
    }
    var widest = window.matchMedia("(min-width: 92rem)");
    function unfold() {
      list.open = widest.matches;
    }
    unfold();
    widest.addEventListener("change", unfold);
  }

  // With thirty chapters the current one may stand below the fold of the contents.
  function showCurrentPage() {
    var nav = document.querySelector(".contents");
    var current = nav.querySelector("[aria-current]");
    if (current && wide.matches) {
      nav.scrollTop = Math.max(0, current.offsetTop - nav.clientHeight / 2);
    }
  }

  function prepareSearch() {
    var search = document.querySelector(".search");
    var field = search.querySelector("input");
    var results = search.querySelector(".search-results");
    var status = search.querySelector("[role=status]");
    search.hidden = false;
    field.addEventListener("focus", loadIndex, { once: true });
    field.addEventListener("input", show);
    search.addEventListener("keydown", function (event) {
      if (event.key === "Escape") {
        field.value = "";
        show();
        field.focus();
      }
    });
    document.addEventListener("click", function (event) {
      if (!search.contains(event.target)) {
        results.hidden = true;
      }
    });

    // A script, not a request, so that search works where the pages are read from a folder.
    function loadIndex() {
      var script = document.createElement("script");
      script.src = field.dataset.index;
      script.addEventListener("load", show);
      document.head.appendChild(script);
    }

    function show() {
      var words = plain(field.value).split(/\s+/).filter(Boolean);
      var found = words.length && window.releaseIndex ? find(words) : [];
      results.replaceChildren.apply(results, found.slice(0, 12).map(resultItem));
      results.hidden = !found.length;
      status.textContent = !words.length
        ? ""
        : found.length
          ? found.length + " " + field.dataset.found
          : field.dataset.none;
    }
  }

  // Accents and case make no difference: "tw" finds "tŵ".
  function plain(text) {
    return text
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .toLowerCase();
  }

  function find(words) {
    return window.releaseIndex
      .map(function (entry, place) {
        var title = plain(entry[1]);
        var section = plain(entry[2]);
        var text = plain(entry[3]);
        var score = 0;
        for (var i = 0; i < words.length; i += 1) {
          var here =
            (title.includes(words[i]) ? (section ? 3 : 9) : 0) +
            (section.includes(words[i]) ? 5 : 0) +
            (text.includes(words[i]) ? 1 : 0);
          if (!here) {
            return null;
          }
          score += here;
        }
        return { entry: entry, score: score, place: place, word: words[0] };
      })
      .filter(Boolean)
      .sort(function (a, b) {
        return b.score - a.score || a.place - b.place;
      });
  }

  function resultItem(result) {
    var link = document.createElement("a");
    var name = document.createElement("strong");
    var snippet = document.createElement("span");
    link.href = root + result.entry[0];
    name.textContent = [result.entry[1], result.entry[2]].filter(Boolean).join(" › ");
    snippet.textContent = excerpt(result.entry[3], result.word);
    link.append(name, snippet);
    var item = document.createElement("li");
    item.append(link);
    return item;
  }

  function excerpt(text, word) {
    var found = Math.max(0, plain(text).indexOf(word) - 40);
    var start = found ? text.indexOf(" ", found) + 1 : 0;
    var end = start + 110 < text.length ? text.lastIndexOf(" ", start + 110) : text.length;
    return (start ? "… " : "") + text.slice(start, end) + (end < text.length ? " …" : "");
  }
})();
