import { Badge, Button, Group, Modal, Radio, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CrmObject } from "@/api/types";
import { type Estimate, type Method, useCost, useValidationActions } from "@/api/validation";
import { formatDuration, formatMoment, formatNumber } from "@/lib/formats";
import { titleIn } from "@/lib/titles";
import { Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";

const SAMPLES = ["0", "200", "1000", "5000"];

interface StartProps {
  object: CrmObject;
  onClose: () => void;
  onStarted: () => void;
}

/** What a comparison costs by each method, before one is begun. */
export function Start({ object, onClose, onStarted }: StartProps) {
  const { t, i18n } = useTranslation("validation");
  const common = useTranslation().t;
  const [sample, setSample] = useState(200);
  const [chosen, setChosen] = useState<Method | null>(null);
  const cost = useCost(object.entity, sample);
  const { start } = useValidationActions();
  const method = chosen ?? cost.data?.advised ?? null;
  const number = (value: number) => formatNumber(value, i18n.language);
  const run = () =>
    method && start.mutate({ entity: object.entity, method, sample }, { onSuccess: onStarted });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={
        <Text fw={600}>{t("start.title", { name: titleIn(object.title, i18n.language) })}</Text>
      }
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <Stack>
        {cost.isPending && <Loading rows={3} />}
        {cost.error && <Trouble error={cost.error} onRetry={() => void cost.refetch()} />}
        {cost.data && (
          <>
            <Radio.Group
              label={t("start.method")}
              value={method}
              onChange={(value) => setChosen(value as Method)}
            >
              <Stack gap="xs" mt="xs">
                {cost.data.estimates.map((estimate) => (
                  <Choice
                    key={estimate.method}
                    estimate={estimate}
                    advised={estimate.method === cost.data.advised}
                  />
                ))}
              </Stack>
            </Radio.Group>
            <Select
              label={t("start.sample")}
              description={t("start.sampleHint")}
              maw={320}
              allowDeselect={false}
              data={SAMPLES.map((value) => ({
                value,
                label: value === "0" ? t("start.noSample") : number(Number(value)),
              }))}
              value={String(sample)}
              onChange={(value) => setSample(Number(value))}
            />
            <Text size="xs" c="dimmed">
              {cost.data.measured_at
                ? t("start.measured", { at: formatMoment(cost.data.measured_at, i18n.language) })
                : t("start.official")}
            </Text>
          </>
        )}
        {start.error && <Trouble error={start.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button onClick={run} loading={start.isPending} disabled={method === null}>
            {t("start.go")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Choice({ estimate, advised }: { estimate: Estimate; advised: boolean }) {
  const { t, i18n } = useTranslation("validation");
  const seconds = formatNumber(estimate.operating_seconds, i18n.language, 1);
  return (
    <Radio.Card value={estimate.method} p="sm">
      <Group wrap="nowrap" align="flex-start">
        <Radio.Indicator mt={2} />
        <div>
          <Group gap="xs">
            <Text size="sm" fw={600}>
              {t(`method.${estimate.method}`)}
            </Text>
            {advised && (
              <Badge size="sm" variant="light" tt="none">
                {t("start.advised")}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {t(`methodHint.${estimate.method}`)}
          </Text>
          <Text size="xs" mt={4}>
            {[
              t("start.calls", {
                count: estimate.http_calls,
                number: formatNumber(estimate.http_calls, i18n.language),
              }),
              t("start.operating", { seconds }),
              estimate.wall_seconds < 1
                ? t("start.moment")
                : t("start.wall", { time: formatDuration(estimate.wall_seconds, i18n.language) }),
            ].join(" · ")}
          </Text>
        </div>
      </Group>
    </Radio.Card>
  );
}
