import { Alert, Button, Card, Group, Stack, Text } from "@mantine/core";
import { IconFileText, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { type Tongue, useDescription, useRewriting } from "@/api/description";
import { useMay } from "@/api/session";
import { useSentences } from "@/lib/sentences";
import { CopyTextButton } from "@/ui/Copy";
import { Moment } from "@/ui/Moment";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";

const Markdown = lazy(() => import("@/ui/Markdown"));

/** The tables in words, by a model or put together from what is known of them. */
export function Description() {
  const { t, i18n } = useTranslation("schema");
  const language: Tongue = i18n.language === "ru" ? "ru" : "en";
  const may = useMay("operator");
  const description = useDescription(language);
  const rewriting = useRewriting(language);
  const say = useSentences();
  const { stop } = rewriting;
  useEffect(() => stop, [stop]);

  if (description.isPending) {
    return (
      <Stack>
        <Text size="sm" c="dimmed" role="status">
          {t("description.loading")}
        </Text>
        <Loading rows={6} height={24} />
      </Stack>
    );
  }
  if (!description.data) {
    return <Trouble error={description.error} onRetry={() => void description.refetch()} />;
  }
  const { markdown, written_by: author, written_at: at, error: failed } = description.data;
  const model = description.data.model_available;
  const text = rewriting.text || markdown;
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {rewriting.writing ? (
            <span role="status">{t("description.writing")}</span>
          ) : author && at ? (
            <>
              {t("description.by", { author })} <Moment at={at} />
            </>
          ) : (
            t("description.composed")
          )}
        </Text>
        <Group gap="xs">
          <CopyTextButton value={text} label={t("description.copy")} />
          {may &&
            model &&
            (rewriting.writing ? (
              <Button
                size="xs"
                variant="light"
                color="red"
                leftSection={<IconPlayerStop size={14} aria-hidden />}
                onClick={stop}
              >
                {t("description.stop")}
              </Button>
            ) : (
              <Button
                size="xs"
                leftSection={<IconRefresh size={14} aria-hidden />}
                onClick={() => void rewriting.start()}
              >
                {t("description.again")}
              </Button>
            ))}
        </Group>
      </Group>
      {failed && !rewriting.writing && <Alert color="yellow">{say.whole(failed)}</Alert>}
      {!model && <Alert color="gray">{t("description.noModel")}</Alert>}
      {rewriting.error && (
        <Trouble error={rewriting.error} onRetry={() => void rewriting.start()} />
      )}
      {text.trim() === "" ? (
        <Empty
          icon={<IconFileText size={40} stroke={1.5} />}
          title={t("tables.none")}
          text={t("tables.noneText")}
        />
      ) : (
        <Card withBorder px={{ base: "md", sm: "xl" }} aria-busy={rewriting.writing}>
          <div style={{ maxWidth: 860 }}>
            <Suspense fallback={<Loading rows={6} height={24} />}>
              <Markdown text={text} />
            </Suspense>
          </div>
        </Card>
      )}
    </Stack>
  );
}
