import { Alert, Badge, Button, Card, Group, Stack, Stepper, Text, Textarea } from "@mantine/core";
import { IconSparkles, IconPlayerStop } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { generate, type Stage } from "@/api/charts";
import type { ApiError } from "@/api/errors";
import { useStatus } from "@/api/status";
import type { Generated } from "@/api/types";
import { Trouble } from "@/ui/Trouble";
import type { Drafted } from "./drafted";
import { examplesFor } from "./examples";

const STEPS: readonly Stage[] = ["understanding", "writing", "running"];

interface AskProps {
  draft: Drafted | null;
  onDrawn: (draft: Drafted) => void;
}

/** The question box: examples from one's own data, progress, questions back. */
export function Ask({ draft, onDrawn }: AskProps) {
  const { t, i18n } = useTranslation("charts");
  const status = useStatus();
  const [prompt, setPrompt] = useState("");
  const [stage, setStage] = useState<Stage>("understanding");
  const stopping = useRef<AbortController | null>(null);
  const following = draft !== null && draft.chart.sql !== "";

  const asking = useMutation({
    mutationFn: (given: { prompt: string; follow: boolean }): Promise<Generated> => {
      stopping.current = new AbortController();
      setStage("understanding");
      const question = {
        prompt: given.prompt,
        language: i18n.language as "ru" | "en",
        ...(given.follow && draft ? { previous: draft.chart } : {}),
      };
      return generate(question, setStage, stopping.current.signal);
    },
    onSuccess: ({ chart, data, verified }, given) => {
      if (!chart) return;
      onDrawn({ chart, prompt: given.prompt, verified, ...(data ? { data } : {}) });
      setPrompt("");
    },
  });
  const clarification = asking.data?.clarification;
  const asked = asking.variables;
  const ask = (words: string, follow: boolean) => {
    if (words.trim()) asking.mutate({ prompt: words.trim(), follow });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask(prompt, false);
  };

  return (
    <Card withBorder>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Textarea
            label={t("ask.label")}
            placeholder={t("ask.placeholder")}
            autosize
            minRows={2}
            maxRows={6}
            maxLength={2000}
            value={prompt}
            onChange={(event) => setPrompt(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) ask(prompt, false);
            }}
          />
          <Group gap="xs">
            {examplesFor(status.data?.entities ?? [], t).map((example) => (
              <Button
                key={example}
                size="compact-xs"
                variant="light"
                radius="xl"
                onClick={() => setPrompt(example)}
              >
                {example}
              </Button>
            ))}
          </Group>
          <Group gap="xs">
            <Button
              type="submit"
              loading={asking.isPending}
              disabled={!prompt.trim()}
              leftSection={<IconSparkles size={16} aria-hidden />}
            >
              {t("ask.submit")}
            </Button>
            {following && !asking.isPending && (
              <Button variant="light" disabled={!prompt.trim()} onClick={() => ask(prompt, true)}>
                {t("ask.refine")}
              </Button>
            )}
            {asking.isPending && (
              <Button
                variant="subtle"
                color="gray"
                leftSection={<IconPlayerStop size={16} aria-hidden />}
                onClick={() => stopping.current?.abort()}
              >
                {t("ask.stop")}
              </Button>
            )}
            {following && !asking.isPending && (
              <Badge variant="light" tt="none" maw="100%" styles={{ root: { minWidth: 0 } }}>
                {t("ask.following", { title: draft.chart.title })}
              </Badge>
            )}
          </Group>
          {asking.isPending && <Progress stage={stage} />}
          {asking.error && asking.error.name !== "AbortError" && (
            <Refused error={asking.error as ApiError} />
          )}
          {clarification && asked && !asking.isPending && (
            <Alert title={clarification.question} role="status">
              <Group gap="xs">
                {clarification.choices.map((choice) => (
                  <Button
                    key={choice}
                    size="xs"
                    variant="light"
                    onClick={() => ask(`${asked.prompt} — ${choice}`, asked.follow)}
                  >
                    {choice}
                  </Button>
                ))}
              </Group>
            </Alert>
          )}
        </Stack>
      </form>
    </Card>
  );
}

function Progress({ stage }: { stage: Stage }) {
  const { t } = useTranslation("charts");
  const place = stage === "correcting" ? 1 : STEPS.indexOf(stage);
  return (
    <div role="status" aria-live="polite">
      <Stepper active={place} size="xs" mt="xs">
        {STEPS.map((step) => (
          <Stepper.Step key={step} label={t(`stage.${step}`)} loading={STEPS[place] === step} />
        ))}
        <Stepper.Step label={t("stage.drawing")} />
      </Stepper>
      {stage === "correcting" && (
        <Text size="xs" c="dimmed" mt={4}>
          {t("stage.correcting")}
        </Text>
      )}
    </div>
  );
}

function Refused({ error }: { error: ApiError }) {
  const { t } = useTranslation("charts");
  if (error.code === "ModelNotConfigured") {
    return (
      <Alert color="yellow" title={t("ask.noModel")}>
        {t("ask.noModelText")}
      </Alert>
    );
  }
  return <Trouble error={error} />;
}
