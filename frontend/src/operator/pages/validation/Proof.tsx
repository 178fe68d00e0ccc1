import { Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Validation } from "@/api/types";
import { errorOf, isOpen } from "@/api/validation";
import { formatNumber } from "@/lib/formats";
import { useSentences } from "@/lib/sentences";
import { Moment } from "@/ui/Moment";

/** "In the portal 2,000 = in the copy 2,000, none differ." */
export function Sentence({ validation }: { validation: Validation }) {
  const { t, i18n } = useTranslation("validation");
  const said = useSentences();
  if (isOpen(validation)) return <Going validation={validation} />;
  if (validation.status === "failed") {
    return (
      <Text size="sm" c="red" style={{ overflowWrap: "anywhere" }}>
        {said.whole(errorOf(validation))}
      </Text>
    );
  }
  const number = (value: number | null) =>
    value === null ? "?" : formatNumber(value, i18n.language);
  const same = validation.source_rows === validation.target_rows;
  const differing = validation.differing ?? 0;
  return (
    <Stack gap={0}>
      <Text size="sm" style={{ fontVariantNumeric: "tabular-nums" }}>
        {t(same ? "sentence.same" : "sentence.other", {
          source: number(validation.source_rows),
          target: number(validation.target_rows),
        })}
        {", "}
        {differing === 0
          ? t("sentence.none")
          : t("sentence.differ", { count: differing, number: number(differing) })}
      </Text>
      {validation.repairs > 0 && differing > 0 && (
        <Text size="sm" fw={600}>
          {validation.unrepaired === 0
            ? t("sentence.repaired")
            : t("sentence.unrepaired", {
                count: validation.unrepaired,
                number: number(validation.unrepaired),
              })}
        </Text>
      )}
      {validation.recent > 0 && differing > 0 && (
        <Text size="xs" c="dimmed">
          {t("sentence.recent", {
            count: validation.recent,
            number: number(validation.recent),
          })}
        </Text>
      )}
    </Stack>
  );
}

/** When it was compared, and by which method. */
export function Checked({ validation }: { validation: Validation | undefined }) {
  const { t } = useTranslation("validation");
  const at = validation?.checked_at ?? validation?.finished_at;
  if (!validation || !at) return <Text size="sm">—</Text>;
  return (
    <Stack gap={0}>
      <Text size="sm">
        <Moment at={at} />
      </Text>
      <Text size="xs" c="dimmed">
        {t(`method.${validation.method}`)}
      </Text>
    </Stack>
  );
}

/** How a comparison under way is doing. */
export function Going({ validation }: { validation: Validation }) {
  const { t, i18n } = useTranslation("validation");
  const total = validation.source_rows ?? validation.target_rows;
  const share = total ? Math.min(100, (100 * validation.rows_compared) / total) : 100;
  const phase = validation.status === "queued" ? "queued" : (validation.phase ?? "preparing");
  const compared = formatNumber(validation.rows_compared, i18n.language);
  return (
    <Stack gap={4} aria-live="polite" miw={160}>
      <Progress value={share} animated aria-label={t("going")} />
      <Text size="xs" c="dimmed">
        {t(`phase.${phase}`, { defaultValue: phase })}
        {validation.rows_compared > 0 &&
          ` · ${t("compared", { count: validation.rows_compared, number: compared })}`}
      </Text>
    </Stack>
  );
}
