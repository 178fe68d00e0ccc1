import { NumberInput, Radio, Stack, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ObjectForm } from "./rhythm";
import { Section } from "./Section";

interface KeepingProps {
  form: ObjectForm;
  errors: Record<string, string>;
  /** Whether the object tells when its rows changed, so that a lookback means something. */
  incremental: boolean;
  onChange: (change: Partial<ObjectForm>) => void;
}

/** What becomes of deleted rows and of earlier versions, and how far back one looks. */
export function KeepingFields({ form, errors, incremental, onChange }: KeepingProps) {
  const { t } = useTranslation("config");
  return (
    <Section level={3} title={t("keeping.title")}>
      <Radio.Group
        label={t("keeping.deleted")}
        value={form.deleteMode}
        onChange={(mode) => onChange({ deleteMode: mode as ObjectForm["deleteMode"] })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="soft" label={t("keeping.soft")} description={t("keeping.softHint")} />
          <Radio value="hard" label={t("keeping.hard")} description={t("keeping.hardHint")} />
        </Stack>
      </Radio.Group>
      <Switch
        mt="xs"
        label={t("keeping.history")}
        description={t("keeping.historyHint")}
        checked={form.history}
        onChange={(event) => onChange({ history: event.currentTarget.checked })}
      />
      {incremental && (
        <NumberInput
          mt="xs"
          label={t("keeping.lookback")}
          description={t("keeping.lookbackHint")}
          min={0}
          allowDecimal={false}
          allowNegative={false}
          maw={320}
          value={form.lookback}
          error={errors.lookback}
          onChange={(value) => onChange({ lookback: value === "" ? "" : Number(value) })}
        />
      )}
    </Section>
  );
}
