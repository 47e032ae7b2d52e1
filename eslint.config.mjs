import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["static/", "site/", "build/", "dist/"] },
  js.configs.recommended,
  { rules: { "max-len": ["error", { code: 180 }] } },
  {
    files: ["lstm_viz/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: { eqeqeq: ["error", "always", { null: "ignore" }], "no-var": "error", "prefer-const": "error" },
  },
  { files: ["tests/javascript/**", "*.mjs"], languageOptions: { globals: globals.node } },
];
