/** Addresses of the server's own routes: relative to the folder of static files, as the app may be served under any base path. */

/**
 * Return the address of a route; `folder` is that of the static files, `<base path>/app/static/`.
 * @param {string} route
 * @param {string | URL} folder
 * @returns {URL}
 */
export function serverUrl(route, folder) {
  return new URL(`../../${route}`, folder);
}

/**
 * Return the address of a WebSocket's route.
 * @param {string} route
 * @param {string | URL} folder
 * @returns {URL}
 */
export function socketUrl(route, folder) {
  const url = serverUrl(route, folder);
  url.protocol = url.protocol.replace("http", "ws");
  return url;
}
