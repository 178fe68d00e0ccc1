import boundaries from "eslint-plugin-boundaries";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const elements = [
  { type: "page", pattern: "src/*/pages/*", capture: ["entry", "page"] },
  { type: "entry", pattern: "src/(operator|placement)", capture: ["entry"] },
  { type: "ui", pattern: "src/ui" },
  { type: "api", pattern: "src/api" },
  { type: "lib", pattern: "src/lib" },
];

const within = (...types) => types.map((type) => ({ to: { element: { type } } }));
const sameEntry = (type, ...captured) => ({
  to: {
    element: {
      type,
      captured: Object.fromEntries(
        captured.map((name) => [name, `{{from.element.captured.${name}}}`]),
      ),
    },
  },
});
const from = (type) => ({ element: { type } });

// The walls of the house: who may import whom.
const walls = [
  { from: from("lib"), allow: within("lib") },
  { from: from("ui"), allow: within("ui", "lib") },
  { from: from("api"), allow: within("api", "lib") },
  {
    from: from("page"),
    allow: [...within("api", "ui", "lib"), sameEntry("page", "entry", "page")],
  },
  {
    from: from("entry"),
    allow: [...within("api", "ui", "lib"), sameEntry("entry", "entry"), sameEntry("page", "entry")],
  },
];

export default tseslint.config(
  { ignores: ["dist/", "src/api/schema.d.ts", "test-results/", "playwright-report/"] },
  ...tseslint.configs.strict,
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { boundaries, "react-hooks": reactHooks },
    settings: {
      "boundaries/elements": elements,
      "import/resolver": { typescript: { project: "./tsconfig.json" } },
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "boundaries/dependencies": ["error", { default: "disallow", policies: walls }],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
    },
  },
);
