// A page renews itself: the stream says that something changed, and the page asks for itself again.
// Regions that are marked with data-renew are brought to what the answer has; forms never are.
// What takes longer than the page waits comes behind it, from the address in data-rest.
"use strict";
(() => {
  for (const region of document.querySelectorAll("[data-rest]")) complete(region);

  const says = document.getElementById("renewing");
  if (!says || !document.querySelector("[data-renew]")) return;

  const GAP = 2000; // Between two renewals, at least.
  const POLL = 15000; // How often the page looks by itself while it hears nothing.
  const SILENCE = 30000; // The stream says each ten seconds that it is there.
  const KEPT = 11000; // So long the server shows what it counted before a change.
  const LOST = "Not live: the page looks again every 15 seconds.";

  let source = null;
  let heard = says.dataset.heard; // The cursor of what was heard last.
  let heardAt = 0;
  let due = null;
  let later = null;
  let renewedAt = Date.now();
  let isBusy = false;
  let isStale = false; // Whether something changed since the page asked last.
  let isOver = false;

  function open() {
    if (source || isOver || document.hidden) return;
    const after = heard ? `?after=${encodeURIComponent(heard)}` : "";
    plan();
    source = new EventSource(says.dataset.stream + after);
    heardAt = Date.now();
    source.addEventListener("here", (event) => hear(event));
    source.addEventListener("change", (event) => {
      hear(event);
      if (concerns(JSON.parse(event.data))) soon();
    });
    // It comes again by itself after some seconds; only who stays away is told of.
    source.addEventListener("error", () => setTimeout(() => isHeard() || say(LOST), 6000));
  }

  function close() {
    source?.close();
    source = null;
    [due, later].forEach(clearTimeout);
    due = null;
  }

  function isHeard() {
    if (document.hidden || isOver) return true;
    return source?.readyState === EventSource.OPEN && Date.now() - heardAt < SILENCE;
  }

  function hear(event) {
    heard = event.lastEventId;
    heardAt = Date.now();
    say("");
  }

  function say(words) {
    if (says.textContent !== words) says.textContent = words;
  }

  function concerns(news) {
    const isOne = (one) => !one.dataset.order || news.orders.includes(one.dataset.order);
    return news.more || [...document.querySelectorAll("[data-renew]")].some(isOne);
  }

  const isKept = () => document.querySelector("[data-kept]") !== null;

  // While nothing is heard the page looks by itself, and tries the stream anew.
  setInterval(() => {
    if (isHeard()) return;
    if (source?.readyState !== EventSource.CONNECTING) {
      close();
      open();
    }
    soon();
  }, POLL);

  function soon() {
    isStale = true;
    plan();
    clearTimeout(later);
    if (isKept()) later = setTimeout(renew, KEPT);
  }

  function plan() {
    if (due !== null || isBusy || isOver || document.hidden || !isStale) return;
    due = setTimeout(renew, Math.max(0, renewedAt + GAP - Date.now()));
  }

  async function renew() {
    due = null;
    if (isBusy || document.hidden) return;
    isBusy = true;
    isStale = false;
    renewedAt = Date.now();
    try {
      const headers = { "Pegboard-Renews": "1" };
      const answer = await fetch(location.href, { headers, redirect: "manual" });
      if (answer.type === "opaqueredirect") end("You are signed out. The page stays as it was.");
      else if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else if (answer.status < 500) end("The page is not renewed any more. Open it again.");
      else missed();
    } catch {
      missed();
    } finally {
      isBusy = false;
      plan();
    }
  }

  function missed() {
    say(LOST);
    setTimeout(soon, POLL);
  }

  function end(words) {
    isOver = true;
    close();
    say(words);
  }

  function show(fresh) {
    for (const old of document.querySelectorAll("[data-renew]")) {
      const now = fresh.querySelector(`[data-renew="${CSS.escape(old.dataset.renew)}"]`);
      if (now) bringRegion(old, now);
    }
  }

  function bringRegion(old, now) {
    const focused = document.activeElement;
    const held = old.contains(focused);
    bring(old, now);
    if (held && document.activeElement !== focused) keepFocus(old, focused);
  }

  // The region of the same id in the answer, or why there is none.
  async function complete(region) {
    const tells = document.getElementById(`${region.id}-says`);
    const byHand = tells.querySelector("a");
    region.setAttribute("aria-busy", "true");
    tells.firstChild.nodeValue = tells.dataset.begun;
    byHand.hidden = true;
    try {
      const answer = await fetch(region.dataset.rest, { redirect: "manual" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const refused = fresh.querySelector(".refused");
      if (answer.ok) bringRegion(region, fresh.getElementById(region.id));
      else if (refused) region.replaceChildren(document.importNode(refused, true));
      else throw new Error(answer.statusText);
      tells.textContent = answer.ok ? tells.dataset.done : "";
    } catch {
      tells.firstChild.nodeValue = "It could not be worked out now. ";
      byHand.hidden = false;
    }
    region.removeAttribute("aria-busy");
  }

  // Where what had the focus is gone, the region has it: the next Tab goes on from there.
  function keepFocus(region, focused) {
    if (!focused.isConnected) region.tabIndex = -1;
    (focused.isConnected ? focused : region).focus({ preventScroll: true });
  }

  // --- from what is shown to what is true now, changing only what differs -----------------------

  function bring(old, now) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== now.nodeValue) old.nodeValue = now.nodeValue;
      return;
    }
    if (old.matches("form, input, select, textarea") || old.isEqualNode(now)) return;
    const keeps = (name) => name === "tabindex" || (name === "open" && old.matches("details"));
    for (const { name, value } of [...now.attributes]) {
      if (!keeps(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
      if (!keeps(name) && !now.hasAttribute(name)) old.removeAttribute(name);
    }
    bringChildren(old, now);
  }

  function bringChildren(old, now) {
    const known = new Map([...old.children].map((one) => [key(one), one]));
    let at = old.firstChild;
    for (const node of [...now.childNodes]) {
      const name = key(node);
      const found = name ? known.get(name) : at && !key(at) && isAlike(at, node) ? at : null;
      if (!found || !isAlike(found, node)) {
        old.insertBefore(document.importNode(node, true), at);
        continue;
      }
      known.delete(name);
      if (found === at) at = at.nextSibling;
      else old.insertBefore(found, at);
      bring(found, node);
    }
    for (let next; at; at = next) {
      next = at.nextSibling;
      at.remove();
    }
  }

  // What a row, an item or a link is about: it is never made into another one under the pointer.
  function key(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    if (node.id || node.dataset.key) return `# ${node.id || node.dataset.key}`;
    if (!node.matches("a[href], tr, li")) return "";
    const link = node.matches("a[href]") ? node : node.querySelector("a[href]");
    return link ? `${node.nodeName} ${link.getAttribute("href")}` : "";
  }

  function isAlike(one, other) {
    return one.nodeName === other.nodeName;
  }

  // --- only while somebody looks: a hidden page holds no connection -----------------------------

  function comeBack() {
    open();
    if (isKept()) soon();
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : comeBack()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && comeBack());
  open();
})();
