import { ActionIcon, Badge, Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Term, useSaveTerms, useTerms } from "@/api/config";
import { useMay } from "@/api/session";
import { titleIn } from "@/lib/titles";
import { Confirm } from "@/ui/Confirm";
import { Cell, Line, Stacking } from "@/ui/Stacking";
import { Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { Section } from "./Section";
import { withoutTerm, withTerm } from "./terms";

const NEW = "";

/** What the company's words mean in its tables; edited in place. */
export function Terms() {
  const { t, i18n } = useTranslation("config");
  const may = useMay("operator");
  const terms = useTerms();
  const save = useSaveTerms();
  const [editing, setEditing] = useState<string | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const keep = (next: Pick<Term, "term" | "meaning">[]) =>
    save.mutate(next, {
      onSuccess: () => setEditing(null),
      onError: (error) => notifications.show({ color: "red", message: error.message }),
    });
  const listed = terms.data ?? [];
  const editor = (term: string, meaning: string) => (
    <Editor
      term={term}
      meaning={meaning}
      taken={listed.map((each) => each.term)}
      saving={save.isPending}
      onCancel={() => setEditing(null)}
      onSave={(given) => keep(withTerm(listed, given))}
    />
  );
  if (terms.isPending) return <Loading rows={4} height={48} />;
  if (!terms.data) return <Trouble error={terms.error} onRetry={() => void terms.refetch()} />;
  return (
    <Section level={2} title={t("terms.title")} hint={t("terms.hint")}>
      <Stacking label={t("terms.title")} heads={[t("terms.term"), t("terms.meaning"), ""]}>
        {listed.map((each) =>
          editing === each.term ? (
            <tr key={each.term}>
              <td colSpan={3}>{editor(each.term, each.meaning)}</td>
            </tr>
          ) : (
            <Line key={each.term}>
              <Cell>
                <Group gap="xs">
                  <Text size="sm" fw={600}>
                    {titleIn(each.term, i18n.language)}
                  </Text>
                  {each.own && (
                    <Badge size="sm" variant="light" tt="none">
                      {t("terms.own")}
                    </Badge>
                  )}
                </Group>
              </Cell>
              <Cell>
                <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {each.meaning}
                </Text>
              </Cell>
              <Cell>
                {may && (
                  <Group gap={4} wrap="nowrap">
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={t("terms.edit", { term: each.term })}
                      onClick={() => setEditing(each.term)}
                    >
                      <IconPencil size={16} />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={t("terms.remove", { term: each.term })}
                      onClick={() => setRemoving(each.term)}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Group>
                )}
              </Cell>
            </Line>
          ),
        )}
      </Stacking>
      {editing === NEW && editor(NEW, "")}
      {may && editing === null && (
        <Button
          variant="light"
          w="fit-content"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setEditing(NEW)}
        >
          {t("terms.add")}
        </Button>
      )}
      <Confirm
        opened={removing !== null}
        title={t("terms.confirm", { term: titleIn(removing ?? "", i18n.language) })}
        text={t("terms.confirmText")}
        action={t("terms.confirmAction")}
        onClose={() => setRemoving(null)}
        onConfirm={() => removing !== null && keep(withoutTerm(listed, removing))}
      />
    </Section>
  );
}

interface EditorProps {
  term: string;
  meaning: string;
  taken: string[];
  saving: boolean;
  onCancel: () => void;
  onSave: (given: { term: string; meaning: string }) => void;
}

function Editor({ term, meaning, taken, saving, onCancel, onSave }: EditorProps) {
  const { t } = useTranslation("config");
  const common = useTranslation().t;
  const [form, setForm] = useState({ term, meaning });
  const double = term === NEW && taken.includes(form.term.trim());
  const ready = form.term.trim() !== "" && form.meaning.trim() !== "" && !double;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSave({ term: form.term.trim(), meaning: form.meaning.trim() });
      }}
    >
      <Stack gap="sm" py="sm">
        <TextInput
          label={t("terms.term")}
          maxLength={190}
          data-autofocus
          readOnly={term !== NEW}
          error={double && t("terms.double")}
          value={form.term}
          onChange={(event) => setForm({ ...form, term: event.currentTarget.value })}
        />
        <Textarea
          label={t("terms.meaning")}
          description={t("terms.meaningHint")}
          autosize
          minRows={2}
          maxLength={4000}
          value={form.meaning}
          onChange={(event) => setForm({ ...form, meaning: event.currentTarget.value })}
        />
        <Group gap="sm">
          <Button type="submit" size="xs" loading={saving} disabled={!ready}>
            {t("save")}
          </Button>
          <Button size="xs" variant="default" onClick={onCancel}>
            {common("cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
