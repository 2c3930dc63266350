using System.Globalization;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>Plans that are paid otherwise than by phone bill, as tables: the last column is the wallet, or what is open by invoice and the customer's credit.</summary>
public sealed class MethodStories
{
    [Fact]
    public Task A_student_pays_from_the_wallet_runs_dry_and_gets_back_what_came_from_it() =>
        SubscriptionStory.TellAsync(
            """
            when             | what                    | state            |  paid | owed |       left | ends             | wallet
            2026-09-01 10:30 | order strict            | active           |  9.90 | 0.00 | 10,000,000 | 2026-10-01 10:30 |   0.00
            2026-09-02 10:30 | order basic by wallet   | payment_refused  |  9.90 | 0.00 | 10,000,000 | 2026-10-01 10:30 |   0.00
            2026-09-02 10:30 | top up 25               | active           | 34.90 | 0.00 | 10,000,000 | 2026-10-01 10:30 |  25.00
            """,
            more: WalletAsync
        );

    [Fact]
    public Task An_enterprise_pays_later_falls_behind_and_goes_on_when_it_has_paid() =>
        SubscriptionStory.TellAsync(
            """
            when             | what                    | state            |  paid | owed |       left | ends             | open   | credit
            2026-09-01 10:30 | order basic by invoice  | not_eligible     |  0.00 | 0.00 |          0 | 2026-10-01 10:30 |   0.00 | 0.00
            """,
            more: InvoiceAsync
        );

    private static async Task<string> WalletAsync(SubscriptionStory story) =>
        Text((await story.World.Get<WalletDesk>().FindAsync(story.Customer.Id, CancellationToken.None)).Required().Balance);

    private static async Task<string> InvoiceAsync(SubscriptionStory story) =>
        await story.World.Get<IReceivableStore>().FindTermsAsync(story.Customer.Id, CancellationToken.None) is { } terms
            ? $"{Text(terms.Open)} | {Text(terms.Credit)}"
            : "- | -";

    private static string Text(Money money) => money.ToDecimal().ToString("0.00", CultureInfo.InvariantCulture);
}
