import { Group, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { ChartSpec } from "@/api/types";

const KINDS = { date: "date", number: "number", text: "text" } as const;

interface ParametersProps {
  chart: ChartSpec;
  chosen: Record<string, string>;
  onChoose: (chosen: Record<string, string>) => void;
}

/** The values a reader may choose: period, funnel, employee. */
export function Parameters({ chart, chosen, onChoose }: ParametersProps) {
  const { t } = useTranslation("charts");
  const choose = useDebouncedCallback((name: string, value: string) => {
    const others = Object.entries(chosen).filter(([other]) => other !== name);
    onChoose(Object.fromEntries(value === "" ? others : [...others, [name, value]]));
  }, 500);
  const parameters = chart.parameters ?? [];
  if (parameters.length === 0) return null;
  return (
    <Group gap="sm" align="flex-end">
      {parameters.map((one) => (
        <TextInput
          key={one.name}
          size="xs"
          type={KINDS[one.kind]}
          label={one.label}
          description={one.default ? t("draft.usually", { value: one.default }) : undefined}
          defaultValue={chosen[one.name] ?? ""}
          onChange={(event) => choose(one.name, event.currentTarget.value)}
        />
      ))}
    </Group>
  );
}
