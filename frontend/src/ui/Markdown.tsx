import { Anchor, Code, ScrollArea, Table, Text, Title } from "@mantine/core";
import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

// Raw HTML is not rendered: the text may come from a model that read what people wrote.
const PARTS: Components = {
  h1: ({ children }) => (
    <Title order={2} size="h3" mt="lg">
      {children}
    </Title>
  ),
  h2: ({ children }) => (
    <Title order={3} size="h4" mt="lg">
      {children}
    </Title>
  ),
  h3: ({ children }) => (
    <Title order={4} size="h5" mt="md">
      {children}
    </Title>
  ),
  p: ({ children }) => (
    <Text my="xs" lh={1.6}>
      {children}
    </Text>
  ),
  a: ({ children, href }) => (
    <Anchor href={href ?? "#"} target="_blank" rel="noreferrer">
      {children}
    </Anchor>
  ),
  code: ({ children }) => <Code>{children}</Code>,
  pre: ({ children }) => <ScrollArea type="auto">{children}</ScrollArea>,
  table: ({ children }) => (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
      <Table my="sm" withTableBorder>
        {children}
      </Table>
    </ScrollArea>
  ),
  thead: ({ children }) => <Table.Thead>{children}</Table.Thead>,
  tbody: ({ children }) => <Table.Tbody>{children}</Table.Tbody>,
  tr: ({ children }) => <Table.Tr>{children}</Table.Tr>,
  th: ({ children }) => <Table.Th>{children}</Table.Th>,
  td: ({ children }) => <Table.Td>{children}</Table.Td>,
  img: () => null,
};

/** Markdown as text of this program; heavy, so it is loaded when it is needed. */
export default memo(function Markdown({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={[remarkGfm]} components={PARTS}>
      {text}
    </ReactMarkdown>
  );
});
