/** The link to what is shown, to be copied, and its QR code; Python knows the address by which others reach the server. */

import { closeOnceGone } from "./cleanup.js";
import { loadStyles } from "./load_styles.js";
import { copyLink } from "./take_along.js";

const decoder = new TextDecoder();
const shown = new WeakMap();

/** The address is written a moment after a change: look at it this often while the popover is open, in milliseconds. */
const PACE = 500;

/** Parameters of how one looks at the page, not of what it shows. */
const OWN = ["present"];

/**
 * Show the newest link.
 * @param {object} component Streamlit's arguments: data, parentElement, setStateValue
 * @returns {() => void} cleanup, called by Streamlit
 */
export function show({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".share");
  loadStyles("components.css");
  loadStyles("share.css");
  if (!shown.has(root)) shown.set(root, new Share(root));
  const share = shown.get(root);
  share.report = (href) => setStateValue("view", { href });
  if (data) share.receive(JSON.parse(decoder.decode(data)));
  return closeOnceGone(root, () => share.close());
}

/** The address without what belongs to this screen alone. */
function sharedAddress(href) {
  const url = new URL(href);
  for (const name of OWN) url.searchParams.delete(name);
  return url.href;
}

class Share {
  constructor(root) {
    this.part = (name) => root.querySelector(`[data-part=${name}]`);
    /** @type {(href: string) => void} */
    this.report = () => {};
    this.link = "";
    this.part("copy").onclick = async () => {
      await copyLink(this.link, this.part("address"), this.part("said"));
      this.part("address").hidden = false;
    };
    this.part("enlarge").onclick = () => this.part("large").showModal();
    this.part("close").onclick = () => this.part("large").close();
    // Streamlit would close the popover with the dialog.
    this.part("large").addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
    this.looking = setInterval(() => this.#look(), PACE);
  }

  receive({ link, svg, tooLong, byOthers }) {
    this.link = link;
    this.part("address").value = link;
    this.part("copy").disabled = !link;
    for (const name of ["code", "large-code"]) this.part(name).innerHTML = byOthers ? svg : "";
    this.part("code").hidden = !svg || !byOthers;
    this.part("enlarge").hidden = !svg || !byOthers;
    this.part("large-link").textContent = link;
    if (tooLong) this.part("said").textContent = "The link is too long for a QR code: copy it.";
    else if (this.part("said").textContent.startsWith("The link is too long")) this.part("said").textContent = "";
    this.#look();
  }

  /** Report the address if it has changed. */
  #look() {
    const href = sharedAddress(location.href);
    if (href === this.reported) return;
    this.reported = href;
    this.report(href);
  }

  close() {
    clearInterval(this.looking);
  }
}
