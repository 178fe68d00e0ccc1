import {
  Alert,
  Button,
  Center,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSignIn } from "@/api/session";
import { Preferences } from "./Preferences";

export default function SignIn() {
  const { t } = useTranslation();
  const signIn = useSignIn();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  useDocumentTitle(`${t("signIn.title")} · Bridge24`);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ name, password });
  };

  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={380}>
        <form onSubmit={submit}>
          <Stack>
            <Stack gap={4} align="center">
              <img src="/icon.svg" width={48} height={48} alt="" />
              <Title order={1} size="h3">
                Bridge24
              </Title>
              <Text c="dimmed" size="sm" ta="center">
                {t("signIn.hint")}
              </Text>
            </Stack>
            {signIn.error && (
              <Alert color="red" role="alert">
                {signIn.error.message}
              </Alert>
            )}
            <TextInput
              label={t("signIn.name")}
              autoComplete="username"
              required
              autoFocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <PasswordInput
              label={t("signIn.password")}
              autoComplete="current-password"
              visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" loading={signIn.isPending}>
              {t("signIn.submit")}
            </Button>
            <Center>
              <Preferences />
            </Center>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
