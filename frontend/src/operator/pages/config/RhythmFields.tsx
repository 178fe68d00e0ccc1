import { NumberInput, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { formatDuration } from "@/lib/formats";
import type { ObjectForm } from "./rhythm";
import { Section } from "./Section";

const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set(["UTC", OWN_ZONE, ...Intl.supportedValuesOf("timeZone")])];

interface RhythmProps {
  form: ObjectForm;
  /** Minutes between runs of objects without a rhythm of their own. */
  common: number;
  errors: Record<string, string>;
  onChange: (change: Partial<ObjectForm>) => void;
}

/** How often changes are looked for. */
export function RhythmFields({ form, common, errors, onChange }: RhythmProps) {
  const { t, i18n } = useTranslation("config");
  return (
    <Section level={3} title={t("rhythm.title")} hint={t("rhythm.hint")}>
      <Radio.Group
        value={form.rhythm}
        aria-label={t("rhythm.title")}
        onChange={(rhythm) => onChange({ rhythm: rhythm as ObjectForm["rhythm"] })}
      >
        <Stack gap="xs">
          <Radio
            value="default"
            label={t("rhythm.default", { time: formatDuration(60 * common, i18n.language) })}
          />
          <Radio value="interval" label={t("rhythm.interval")} />
          <Radio value="cron" label={t("rhythm.cron")} />
        </Stack>
      </Radio.Group>
      {form.rhythm === "interval" && (
        <NumberInput
          label={t("rhythm.minutes")}
          min={1}
          allowDecimal={false}
          allowNegative={false}
          w={180}
          value={form.interval}
          error={errors.interval}
          onChange={(value) => onChange({ interval: value === "" ? "" : Number(value) })}
        />
      )}
      {form.rhythm === "cron" && (
        <>
          <TextInput
            label={t("rhythm.line")}
            description={t("rhythm.lineHint")}
            value={form.cron}
            error={errors.cron}
            spellCheck={false}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            onChange={(event) => onChange({ cron: event.currentTarget.value })}
          />
          <Select
            label={t("rhythm.zone")}
            searchable
            limit={80}
            allowDeselect={false}
            data={ZONES}
            value={form.timezone}
            error={errors.timezone}
            nothingFoundMessage={t("rhythm.noZone")}
            onChange={(timezone) => timezone && onChange({ timezone })}
          />
          <Text size="xs" c="dimmed">
            {t("rhythm.examples")}
          </Text>
        </>
      )}
    </Section>
  );
}
