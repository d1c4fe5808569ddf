"use strict";
const $ = (id) => document.getElementById(id);
const state = { token: null, file: null, key: null, about: null, urls: [], run: 0, results: [] };

class Fault extends Error {}

async function api(path, options = {}) {
  const headers = { ...options.headers };
  if (state.token) headers.Authorization = "Bearer " + state.token;
  let answer;
  for (let go = 0; go < 4; go += 1) {
    try {
      answer = await fetch(path, { ...options, headers, cache: "no-store", credentials: "omit" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Fault("The service does not answer. Is it still running?");
    }
    if (answer.status !== 429 && answer.status !== 503) break;
    const wait = Number(answer.headers.get("retry-after") || 1);
    if (wait > 5) break;
    await new Promise((done) => setTimeout(done, wait * 1000));
  }
  if (answer.status === 401) { askToken(state.token !== null); throw new Fault("A token is needed."); }
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    throw new Fault(told.error || "The service answered with " + answer.status + ".");
  }
  return answer;
}
const json = (path, body) => api(path, { method: "POST", body: JSON.stringify(body),
  headers: { "Content-Type": "application/json" } }).then((answer) => answer.json());

const narrow = () => matchMedia("(max-width: 640px)").matches;
function tell(text) { $("status").textContent = text; }
function complain(error) {
  if (error && error.name === "AbortError") return;
  const text = error instanceof Fault ? error.message : error ? String(error) : "";
  $("fault").textContent = text;
  $("fault").hidden = !text;
  if (text) tell("");
}

function askToken(wrong) {
  state.token = null;
  $("sign-in").hidden = false;
  $("query").hidden = true;
  $("found").hidden = true;
  $("about").textContent = wrong ? "That token is not known." : "";
  $("token").focus();
}
$("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  state.token = $("token").value.trim();
  $("token").value = "";
  complain(null);
  open();
});

async function open() {
  try {
    const about = await (await api("/api/about")).json();
    state.about = about;
    $("sign-in").hidden = true;
    $("query").hidden = false;
    showAbout();
    fillCameras();
    showJudged(await (await api("/api/judgements")).json());
  } catch (error) {
    if (!$("sign-in").hidden) { if (state.token) complain(error); return; }
    $("about").textContent = "";
    complain(error);
  }
}
function showAbout() {
  const rows = state.about.rows;
  $("about").textContent = rows ? rows.toLocaleString() + (rows === 1 ? " image" : " images") + " in the gallery"
    : "The gallery is empty: nothing can be found yet.";
}
function fillCameras() {
  const { visible, infrared } = state.about.cameras;
  const box = $("cameras"), names = [...new Set([...visible, ...infrared])].sort(byName);
  box.hidden = !names.length;
  box.querySelectorAll("label").forEach((old) => old.remove());
  for (const name of names) {
    const label = document.createElement("label"), input = document.createElement("input");
    input.type = "checkbox"; input.name = "camera"; input.value = name;
    label.append(input, name);
    box.append(label);
  }
  fillTaken();
}
const byName = (one, other) => (one || "").localeCompare(other || "", undefined, { numeric: true });
function fillTaken() {
  const names = state.about ? state.about.cameras[picked("modality")] : [];
  const select = $("taken-by");
  select.replaceChildren(select.options[0], ...names.map((name) => new Option(name, name)));
  select.selectedIndex = 0;
  $("taken").hidden = !names.length;
}
const picked = (name) => document.querySelector("input[name=" + name + "]:checked").value;
document.querySelectorAll("input[name=modality]").forEach((one) => one.addEventListener("change", fillTaken));

function choose(file) {
  if (!file) return;
  Object.assign(state, { file, key: null });
  $("shows").disabled = false;
  const view = $("preview");
  if (view.src) URL.revokeObjectURL(view.src);
  view.onload = () => { view.hidden = false; };
  view.onerror = () => { view.hidden = true; };
  view.alt = "The image to search by: " + file.name;
  view.src = URL.createObjectURL(file);
  $("drop-words").textContent = file.name;
  $("add").hidden = !(state.about && state.about.adds);
  search();
}
$("file").addEventListener("change", () => choose($("file").files[0]));
for (const kind of ["dragenter", "dragover"]) $("drop").addEventListener(kind, (event) => {
  event.preventDefault(); $("drop").classList.add("over"); });
for (const kind of ["dragleave", "drop"]) $("drop").addEventListener(kind, () => $("drop").classList.remove("over"));
$("drop").addEventListener("drop", (event) => { event.preventDefault(); choose(event.dataTransfer.files[0]); });
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => event.preventDefault());
document.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData ? event.clipboardData.files : [])][0];
  if (file) choose(file);
});
$("query").addEventListener("submit", (event) => { event.preventDefault(); search(); });

function filters() {
  const words = new URLSearchParams({ top: $("top").value, by: picked("by") });
  if (picked("only")) words.set("only", picked("only"));
  document.querySelectorAll("input[name=camera]:checked").forEach((one) => words.append("camera", one.value));
  for (const end of ["since", "until"]) {
    if ($(end).value) words.set(end, String(new Date($(end).value).getTime() / 1000));
  }
  return words;
}

let under = null;
async function search() {
  complain(null);
  if (!state.file && !state.key) { tell("Choose an image first."); $("file").focus(); return; }
  if (under) under.abort();
  under = new AbortController();
  const run = ++state.run, words = filters(), modality = picked("modality");
  let request;
  if (state.file) {
    words.set("modality", modality);
    if ($("taken-by").value) words.set("taken_by", $("taken-by").value);
    request = api("/api/search/image?" + words, { method: "POST", body: state.file, signal: under.signal,
      headers: { "Content-Type": state.file.type.startsWith("image/") ? state.file.type : "application/octet-stream" } });
  } else {
    words.set("key", state.key);
    request = api("/api/search?" + words, { signal: under.signal });
  }
  tell("Searching …");
  $("found").setAttribute("aria-busy", "true");
  try {
    const told = await (await request).json();
    if (run === state.run) show(told, run);
  } catch (error) {
    if (run === state.run) complain(error);
  } finally {
    $("found").removeAttribute("aria-busy");
  }
}

const when = (seconds, time = "short") => new Date(seconds * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: time });
function show(told, run) {
  state.urls.forEach((url) => URL.revokeObjectURL(url));
  state.urls = [];
  state.results = told.results;
  const query = told.query === null ? null : { key: told.query, modality: told.query_modality };
  let rank = 0;
  const cards = told.results.map((one) => card(one, one.itself ? rank : rank += 1, query));
  $("grid").replaceChildren(...cards);
  $("found").hidden = false;
  $("empty").hidden = cards.length > 0;
  tell(cards.length + (cards.length === 1 ? " result" : " results"));
  const bare = told.results.filter((one) => !one.picture).length;
  $("without").hidden = !bare;
  $("without").textContent = (bare < cards.length ? bare + " of the results have" : cards.length === 1 ? "The result has" : "The results have")
    + " no picture: the image is gone, or does not lie in a folder that this service may show (--root).";
  lanes(told.results);
  if (narrow()) $("found").scrollIntoView();
  pictures(cards.filter((_, place) => told.results[place].picture), run);
}

function card(one, rank, query) {
  const item = $("card").content.firstElementChild.cloneNode(true), at = (name) => item.querySelector("." + name);
  item.dataset.key = one.key;
  at("rank").textContent = one.itself ? "same image" : "#" + rank;
  at("similarity").textContent = one.similarity.toFixed(3);
  at("similarity").title = "similarity";
  at("kind").textContent = one.modality;
  at("kind").classList.add(one.modality);
  at("where").textContent = (one.camera === null ? "unknown camera" : "camera " + one.camera)
    + (one.track === null ? "" : ", track " + one.track);
  at("when").textContent = one.time === null ? one.name : when(one.time);
  if (one.time !== null) at("when").title = when(one.time, "medium");
  at("where").title = one.name;
  at("false").hidden = one.false_matches === null;
  if (one.false_matches !== null) at("false").textContent = falseWords(one);
  at("none").textContent = one.picture ? "loading …" : "no picture";
  const words = (one.itself ? "The same image" : "Result " + rank) + ", " + one.modality + ", " + at("where").textContent + ", similarity "
    + at("similarity").textContent;
  at("picture").querySelector("img").alt = words;
  at("picture").setAttribute("aria-label", "Search by: " + words);
  at("picture").addEventListener("click", () => again(one));
  for (const right of [true, false]) {
    const button = at(right ? "right" : "wrong");
    button.setAttribute("aria-label", (right ? "Right: " : "Wrong: ") + words);
    button.addEventListener("click", () => mark(item, one, rank, query, right));
    if (query === null || one.itself) button.hidden = true;
  }
  if (state.about.writes) {
    at("forget").hidden = false;
    at("forget").setAttribute("aria-label", "Forget: " + words);
    at("forget").addEventListener("click", () => forget(item, one, at("forget")));
  }
  return item;
}

function falseWords(one) {
  const count = one.false_matches;
  const number = count >= 10 ? Math.round(count).toLocaleString() : count >= 0.1 ? count.toFixed(1) : "under 0.1";
  return (one.fewer ? "at most " : "") + number + " other people's images as similar";
}

function again(one) {
  Object.assign(state, { file: null, key: one.key });
  $("shows").disabled = true;
  $("file").value = "";
  const view = $("preview"), shown = document.querySelector('[data-key="' + one.key + '"] img');
  if (shown && shown.naturalWidth) {
    const copy = document.createElement("canvas");
    copy.width = shown.naturalWidth; copy.height = shown.naturalHeight;
    copy.getContext("2d").drawImage(shown, 0, 0);
    view.src = copy.toDataURL("image/jpeg");
    view.alt = "The result that is searched by";
  } else { view.hidden = true; }
  $("drop-words").textContent = "A result: " + one.name + ". Drop another image here.";
  $("add").hidden = true;
  document.querySelector("input[name=modality][value=" + one.modality + "]").checked = true;
  fillTaken();
  search().then(() => { $("results-title").focus(); $(narrow() ? "found" : "query").scrollIntoView(); });
}

async function mark(item, one, rank, query, right) {
  try {
    complain(null);
    const word = right ? "right" : "wrong", other = right ? "wrong" : "right";
    const judged = item.classList.contains("is-" + word) ? "unsure" : word;
    const told = await json("/api/judgements", { query: query.key, query_modality: query.modality, result: one.key,
      rank, similarity: one.similarity, judged });
    item.classList.toggle("is-" + word, judged === word);
    item.classList.remove("is-" + other);
    item.querySelector("." + word).setAttribute("aria-pressed", String(judged === word));
    item.querySelector("." + other).setAttribute("aria-pressed", "false");
    showJudged(told);
    tell(judged === "unsure" ? "The mark of result " + rank + " is taken back." : "Result " + rank + " is marked " + word + ".");
  } catch (error) { complain(error); }
}
function showJudged(told) {
  const percent = (share) => Math.round(100 * share) + "%", all = told.first[told.first.length - 1];
  $("judged").textContent = !told.pairs ? "Mark results right or wrong: it shows how good the search is here."
    : told.pairs + " marked" + (all ? "; first results right: " + percent(all.share) + " of " + all.count
      + " (95%: " + percent(all.low) + " to " + percent(all.high) + ")" : "; mark first results, too");
}

async function forget(item, one, button) {
  if (button.dataset.sure !== "yes") {
    button.dataset.sure = "yes";
    button.textContent = "really forget?";
    const words = button.getAttribute("aria-label");
    button.setAttribute("aria-label", "Really " + words);
    setTimeout(() => {
      button.dataset.sure = "";
      button.textContent = "forget";
      button.setAttribute("aria-label", words);
    }, 4000);
    return;
  }
  try {
    complain(null);
    await json("/api/forget", { keys: [one.key] });
    const next = item.nextElementSibling || item.previousElementSibling;
    item.remove();
    state.results = state.results.filter((other) => other.key !== one.key);
    lanes(state.results);
    $("empty").hidden = state.results.length > 0;
    state.about.rows -= 1;
    showAbout();
    tell("The image is forgotten.");
    if (next) next.querySelector(".picture").focus();
  } catch (error) { complain(error); }
}

$("add").addEventListener("click", async () => {
  const words = new URLSearchParams({ modality: picked("modality") });
  if ($("taken-by").value) words.set("camera", $("taken-by").value);
  try {
    complain(null);
    $("add").disabled = true;
    const told = await (await api("/api/images?" + words, { method: "POST", body: state.file,
      headers: { "Content-Type": state.file.type.startsWith("image/") ? state.file.type : "application/octet-stream" } })).json();
    tell(told.added ? "The image is part of the gallery now." : "The gallery held this image already.");
    state.about.rows += told.added ? 1 : 0;
    showAbout();
  } catch (error) { complain(error); } finally { $("add").disabled = false; }
});

function pictures(cards, run) {
  const waiting = [...cards];
  const next = async () => {
    while (waiting.length && run === state.run) {
      const item = waiting.shift(), view = item.querySelector("img");
      try {
        const url = URL.createObjectURL(await (await api("/api/thumbnails/" + item.dataset.key)).blob());
        if (run !== state.run) { URL.revokeObjectURL(url); return; }
        state.urls.push(url);
        view.src = url;
        view.hidden = false;
        item.querySelector(".none").hidden = true;
      } catch { item.querySelector(".none").textContent = "no picture"; }
    }
  };
  for (let hand = 0; hand < 4; hand += 1) next();
}

function lanes(results) {
  const known = results.filter((one) => one.time !== null), box = $("lanes");
  const times = known.map((one) => one.time), low = Math.min(...times), high = Math.max(...times);
  $("line").hidden = known.length < 2 || low === high;
  box.replaceChildren();
  if ($("line").hidden) return;
  const names = [...new Set(known.map((one) => one.camera))].sort(byName);
  const least = Math.min(...known.map((one) => one.similarity));
  const most = Math.max(...known.map((one) => one.similarity));
  for (const name of names) {
    const [lane, view] = row(name === null ? "unknown" : "camera " + name);
    view.append(shape("line", { x1: "0%", x2: "100%", y1: 13, y2: 13 }));
    for (const one of known.filter((other) => other.camera === name)) {
      const dot = shape("circle", { cx: 2 + 96 * (one.time - low) / (high - low) + "%", cy: 13, r: 7, class: one.modality,
        "fill-opacity": 0.25 + 0.75 * (most > least ? (one.similarity - least) / (most - least) : 1) });
      const title = shape("title", {});
      title.textContent = when(one.time) + ", similarity " + one.similarity.toFixed(3);
      dot.append(title);
      view.append(dot);
    }
    view.setAttribute("role", "img");
    view.setAttribute("aria-label", lane.firstChild.textContent + ": "
      + known.filter((other) => other.camera === name).length + " results");
    box.append(lane);
  }
  const ends = document.createElement("div"), line = document.createElement("div");
  line.className = "lane"; ends.className = "ends";
  ends.append(span(when(low)), span(when(high)));
  line.append(span(""), ends);
  box.append(line);
}
function span(text) { const one = document.createElement("span"); one.textContent = text; return one; }
function shape(name, values) {
  const one = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(values)) one.setAttribute(key, value);
  return one;
}
function row(name) {
  const lane = document.createElement("div"), view = shape("svg", {});
  lane.className = "lane";
  lane.append(span(name), view);
  lane.firstChild.title = name;
  return [lane, view];
}

$("grid").addEventListener("keydown", (event) => {
  const item = event.target.closest(".card");
  if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
  const cards = [...$("grid").children], here = cards.indexOf(item);
  const wide = cards.filter((one) => one.offsetTop === cards[0].offsetTop).length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: wide, ArrowUp: -wide }[event.key];
  if (step !== undefined && cards[here + step]) {
    event.preventDefault();
    cards[here + step].querySelector(".picture").focus();
  }
  const hit = { r: ".right", w: ".wrong" }[event.key.toLowerCase()];
  if (hit && !item.querySelector(hit).hidden) item.querySelector(hit).click();
});

$("filters").open = !narrow();
if (document.querySelector("meta[name=asks-token]").content === "yes") askToken(false); else open();
