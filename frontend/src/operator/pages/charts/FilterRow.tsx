import { ActionIcon, Group, Select, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/schema";

type Filter = components["schemas"]["Filter"];
const COMPARISONS = [
  "=",
  "!=",
  ">",
  ">=",
  "<",
  "<=",
  "in",
  "contains",
  "empty",
  "not_empty",
] as const;
const WORDS: Partial<Record<Filter["comparison"], string>> = {
  in: "comparison.in",
  contains: "comparison.contains",
  empty: "comparison.empty",
  not_empty: "comparison.not_empty",
};

interface FilterRowProps {
  columns: { value: string; label: string }[];
  filter: Filter;
  onChange: (filter: Filter) => void;
  onRemove: () => void;
}

/** One condition that rows must meet. */
export function FilterRow({ columns, filter, onChange, onRemove }: FilterRowProps) {
  const { t } = useTranslation("charts");
  const several = filter.comparison === "in";
  const bare = filter.comparison === "empty" || filter.comparison === "not_empty";
  const write = (text: string) =>
    onChange({ ...filter, values: several ? text.split(",").map((part) => part.trim()) : [text] });
  return (
    <Group gap="xs" align="flex-end" wrap="wrap">
      <Select
        size="xs"
        searchable
        allowDeselect={false}
        label={t("build.column")}
        data={columns}
        value={filter.column}
        onChange={(column) => onChange({ ...filter, column: column ?? filter.column })}
      />
      <Select
        size="xs"
        w={150}
        allowDeselect={false}
        label={t("build.comparison")}
        data={COMPARISONS.map((value) => ({
          value,
          label: WORDS[value] ? t(WORDS[value]) : value,
        }))}
        value={filter.comparison}
        onChange={(value) => onChange({ ...filter, comparison: value as Filter["comparison"] })}
      />
      {!bare && (
        <TextInput
          size="xs"
          label={t(several ? "build.values" : "build.value")}
          value={(filter.values ?? []).join(several ? ", " : "")}
          onChange={(event) => write(event.currentTarget.value)}
        />
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        onClick={onRemove}
        aria-label={t("build.removeFilter")}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}
