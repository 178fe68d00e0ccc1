import { ActionIcon, Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useTables } from "@/api/charts";
import type { Treatment } from "@/api/config";
import type { CrmObject } from "@/api/types";
import { choosable, personalOf } from "./columns";
import { Section } from "./Section";

const TREATMENTS = ["mask", "hash", "leave_out"] as const;

interface TreatmentsProps {
  object: CrmObject;
  columns: Record<string, Treatment>;
  problems: Record<string, string>;
  onChange: (columns: Record<string, Treatment>) => void;
}

/** Which columns are left out, hashed or masked before anything is stored. */
export function Treatments({ object, columns, problems, onChange }: TreatmentsProps) {
  const { t } = useTranslation("config");
  const tables = useTables();
  const table = tables.data?.tables.find((each) => each.name === object.table);
  const free = choosable(table?.columns ?? [], object, columns);
  const personal = personalOf(free);
  const labels = new Map(table?.columns.map((each) => [each.name, each.label]) ?? []);
  const put = (name: string, treatment: Treatment | null) => {
    const others = Object.entries(columns).filter(([other]) => other !== name);
    onChange(Object.fromEntries(treatment ? [...others, [name, treatment]] : others));
  };
  return (
    <Section level={3} title={t("columns.title")} hint={t("columns.hint")}>
      {Object.entries(columns).map(([name, treatment]) => (
        <Group key={name} gap="xs" wrap="nowrap" align="flex-start">
          <Select
            flex={1}
            label={labels.get(name) || name}
            description={`${name} · ${t(`treatment.${treatment}Hint`)}`}
            data={TREATMENTS.map((value) => ({ value, label: t(`treatment.${value}`) }))}
            value={treatment}
            allowDeselect={false}
            error={problems[`columns.${name}`]}
            onChange={(value) => value && put(name, value as Treatment)}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            mt={4}
            onClick={() => put(name, null)}
            aria-label={t("columns.copyAgain", { name: labels.get(name) || name })}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      {problems.columns && (
        <Text size="sm" c="red" role="alert">
          {problems.columns}
        </Text>
      )}
      {table ? (
        <Select
          searchable
          label={t("columns.add")}
          placeholder={t("columns.choose")}
          nothingFoundMessage={t("columns.noMatch")}
          limit={200}
          data={free.map((each) => ({
            value: each.name,
            label:
              each.label && each.label !== each.name ? `${each.label} · ${each.name}` : each.name,
          }))}
          value={null}
          onChange={(name) => name && put(name, "mask")}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {tables.isPending ? t("columns.loading") : t("columns.afterCopy")}
        </Text>
      )}
      {personal.length > 0 && (
        <Stack gap={4} align="flex-start">
          <Text size="sm" c="dimmed">
            {t("columns.personal", {
              names: personal.map((each) => each.label || each.name).join(", "),
            })}
          </Text>
          <Button
            size="compact-sm"
            variant="light"
            onClick={() =>
              onChange({
                ...columns,
                ...Object.fromEntries(personal.map((each) => [each.name, "mask" as const])),
              })
            }
          >
            {t("columns.maskPersonal")}
          </Button>
        </Stack>
      )}
    </Section>
  );
}
