import {
  createTheme,
  type CSSVariablesResolver,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from "@mantine/core";

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
  // Where black and white words are equally readable: the better of them is never under 4.5 to 1.
  luminanceThreshold: 0.179,
  // The library looks at the light shade only; the dark one is lighter and bears black words.
  variantColorResolver: (asked) => {
    const found = defaultVariantColorsResolver(asked);
    const primary = asked.variant === "filled" && (asked.color ?? "bridge") === "bridge";
    return primary ? { ...found, color: "var(--bridge24-on-filled)" } : found;
  },
  cursorType: "pointer",
  fontFamily:
    'Inter, "Segoe UI Variable", "Segoe UI", system-ui, -apple-system, Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace:
    '"JetBrains Mono", ui-monospace, "Cascadia Code", Menlo, Consolas, monospace',
  headings: { fontWeight: "650" },
  components: {
    // A table squeezes what can be cut off, and half a state says nothing.
    Badge: { styles: { root: { minWidth: "max-content" } } },
    // A page has one banner, its own: the header of what lies over it is none.
    DrawerHeader: { defaultProps: { role: "presentation" } },
    ModalHeader: { defaultProps: { role: "presentation" } },
  },
});

// The library's own dark shades of these reach 2.7 to 4.5 to 1 on their light grounds.
const WORDS = {
  teal: "#04513a",
  green: "#1c5a29",
  yellow: "#7a3e00",
  orange: "#8f2f09",
  red: "#a51d1d",
} as const;

const coloured = Object.fromEntries(
  Object.entries(WORDS).flatMap(([name, shade]) =>
    ["light-color", "text", "outline"].map((use) => [`--mantine-color-${name}-${use}`, shade]),
  ),
);

/** Quiet and coloured words can be read: 4.5 to 1 and more on every ground they stand on. */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...coloured,
    "--bridge24-on-filled": "var(--mantine-color-white)",
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "var(--mantine-color-gray-7)",
    "--mantine-color-error": "var(--mantine-color-red-9)",
  },
  dark: {
    "--bridge24-on-filled": "var(--mantine-color-black)",
    "--mantine-color-dimmed": "#b0b0b0",
    "--mantine-color-placeholder": "#a0a0a0",
    "--mantine-color-error": "var(--mantine-color-red-4)",
  },
});
