import { Page } from '../../components/Page';
import { Empty } from '../../components/States';

export default function Screen() {
  return (
    <Page title="workflows">
      <Empty title="workflows" />
    </Page>
  );
}
