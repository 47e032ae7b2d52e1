/**
 * Types for `tsc --checkJs` where the browser knows more than the DOM's own types say: what a selector or an event gives is
 * typed as its base there. What is checked all the same: names, properties of the project's own objects, numbers of arguments.
 */

interface Window {
  Plotly?: any;
  /** Filled by the benchmarks and by browser tests; absent otherwise. */
  __liveTimes?: object[];
  __livePainted?: any;
}

interface EventTarget {
  closest(selector: string): HTMLElement | null;
  title: string;
}

interface Event {
  isComposing: boolean;
}

interface Element {
  readonly dataset: DOMStringMap;
  checked: boolean;
  value: any;
  /** Settles when a stylesheet is there, or is known not to come. */
  loaded?: Promise<unknown>;
  setAttribute(name: string, value: string | number | boolean): void;
}

interface HTMLElement {
  getContext(kind: "2d"): CanvasRenderingContext2D;
  width: any;
  height: any;
  /** Plotly's methods and state on an element that it has drawn into. */
  on(name: string, listener: (event: any) => void): void;
  _fullLayout: any;
}
