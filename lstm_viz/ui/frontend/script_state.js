/** Return whether Streamlit is running the page's script: what it draws may be half there. */
export const isRunning = () => document.querySelector("[data-testid=stApp][data-test-script-state=running]") !== null;
