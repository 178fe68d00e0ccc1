import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";

interface TabbedProps {
  /** The chosen tab; kept in the address by the page. */
  value: string;
  onChange: (value: string) => void;
  label: string;
  tabs: { value: string; label: string; content: ReactNode }[];
}

/** Tabs that scroll sideways on a phone; only the open one is in the page. */
export function Tabbed({ value, onChange, label, tabs }: TabbedProps) {
  const known = tabs.some((tab) => tab.value === value) ? value : (tabs[0]?.value ?? "");
  return (
    <Tabs value={known} onChange={(next) => onChange(next ?? known)} keepMounted={false}>
      <Tabs.List aria-label={label} style={{ flexWrap: "nowrap", overflowX: "auto" }}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab.value} value={tab.value} style={{ flexShrink: 0 }}>
            {tab.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab.value} value={tab.value} pt="md">
          {tab.content}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
