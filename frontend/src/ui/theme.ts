import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const bridge: MantineColorsTuple = [
  "#e3f8fb",
  "#c9eef4",
  "#98dce8",
  "#63c9dc",
  "#3bb8d1",
  "#1f9fba",
  "#0f86a0",
  "#0b7285",
  "#0a5c6c",
  "#084652",
];

export const theme = createTheme({
  primaryColor: "bridge",
  primaryShade: { light: 7, dark: 5 },
  colors: { bridge },
  defaultRadius: "md",
  autoContrast: true,
  luminanceThreshold: 0.35,
  cursorType: "pointer",
  fontFamily:
    'Inter, "Segoe UI Variable", "Segoe UI", system-ui, -apple-system, Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace:
    '"JetBrains Mono", ui-monospace, "Cascadia Code", Menlo, Consolas, monospace',
  headings: { fontWeight: "650" },
});

/** Quiet words can still be read: 4.5 to 1 and more on every background they stand on. */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "var(--mantine-color-gray-7)",
    "--mantine-color-error": "var(--mantine-color-red-9)",
  },
  dark: {
    "--mantine-color-dimmed": "#b0b0b0",
    "--mantine-color-placeholder": "#a0a0a0",
    "--mantine-color-error": "var(--mantine-color-red-4)",
  },
});
