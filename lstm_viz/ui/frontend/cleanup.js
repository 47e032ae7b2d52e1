/**
 * Return the function that Streamlit calls when a component may have gone.
 *
 * Streamlit also calls it for an overtaken rerun; the component is closed only if its element has left the page.
 * @param {Element} root of the component
 * @param {() => void} close
 */
export function closeOnceGone(root, close) {
  return () => {
    setTimeout(() => root.isConnected || close());
  };
}
