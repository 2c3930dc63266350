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
            when             | what                  | state           |  paid |  owed |       left | ends             | wallet
            2026-09-01 10:30 | order basic by wallet | payment_refused |  0.00 |  0.00 |          0 | -                |  0.00
            2026-09-01 10:30 | top up 25             | -               | 25.00 |  0.00 |          0 | -                | 25.00
            2026-09-01 10:30 | order basic by wallet | active          | 25.00 |  0.00 | 10,000,000 | 2026-10-01 10:30 | 15.10
            2026-10-01 10:30 |                       | active          | 25.00 |  0.00 | 10,000,000 | 2026-11-01 10:30 |  5.20
            2026-11-01 10:30 |                       | grace           | 25.00 |  0.00 | 10,000,000 | 2026-12-01 10:30 |  5.20
            2026-11-01 11:00 | use 4,000,000         | grace           | 25.00 |  0.00 |  6,000,000 | 2026-12-01 10:30 |  5.20
            2026-11-04 10:30 |                       | restricted      | 25.00 |  0.00 |          0 | 2026-12-01 10:30 |  5.20
            2026-11-04 11:00 | top up 20             | restricted      | 45.00 |  0.00 |          0 | 2026-12-01 10:30 | 25.20
            2026-11-04 11:00 | pay                   | active          | 45.00 |  0.00 |  6,000,000 | 2026-12-01 10:30 | 15.30
            2026-11-05 11:00 | pay by phonebill      | active          | 45.00 |  0.00 |  6,000,000 | 2026-12-01 10:30 | 15.30
            2026-12-01 10:30 |                       | active          | 54.90 |  0.00 | 10,000,000 | 2027-01-01 10:30 | 15.30
            2026-12-02 10:30 | order plus by wallet  | payment_refused | 54.90 |  0.00 | 10,000,000 | 2027-01-01 10:30 | 15.30
            2026-12-02 10:30 | top up 20             | active          | 74.90 |  0.00 | 10,000,000 | 2027-01-01 10:30 | 35.30
            2026-12-02 10:30 | order plus by wallet  | active          | 74.90 |  0.00 | 40,000,000 | 2027-01-02 10:30 |  5.40
            2026-12-02 11:00 | use 10,000,000        | active          | 74.90 |  0.00 | 40,000,000 | 2027-01-02 10:30 |  5.40
            2026-12-02 12:00 | cancel                | terminated      | 74.90 | 29.90 |          0 | 2026-12-02 12:00 | 35.30
            """,
            more: WalletAsync
        );

    [Fact]
    public Task An_enterprise_pays_later_falls_behind_and_goes_on_when_it_has_paid() =>
        SubscriptionStory.TellAsync(
            """
            when             | what                   | state            | paid |  owed |       left | ends             |  open | credit
            2026-09-01 10:30 | order basic by invoice | not_eligible     | 0.00 |  0.00 |          0 | -                |     - |      -
            2026-09-01 10:30 | agree 25 30            | -                | 0.00 |  0.00 |          0 | -                |  0.00 |   0.00
            2026-09-01 10:30 | order basic by invoice | active           | 0.00 |  0.00 | 10,000,000 | 2026-10-01 10:30 |  9.90 |   0.00
            2026-10-01 10:30 |                        | active           | 0.00 |  0.00 | 10,000,000 | 2026-11-01 10:30 | 19.80 |   0.00
            2026-10-01 11:00 | use 2,000,000          | active           | 0.00 |  0.00 |  8,000,000 | 2026-11-01 10:30 | 19.80 |   0.00
            2026-10-02 00:00 |                        | grace            | 0.00 |  0.00 |  8,000,000 | 2026-11-01 10:30 | 19.80 |   0.00
            2026-10-02 09:00 | upgrade plus           | wrong_state      | 0.00 |  0.00 |  8,000,000 | 2026-11-01 10:30 | 19.80 |   0.00
            2026-10-02 09:00 | order plus by invoice  | payment_refused  | 0.00 |  0.00 |  8,000,000 | 2026-11-01 10:30 | 19.80 |   0.00
            2026-10-05 00:00 |                        | restricted       | 0.00 |  0.00 |          0 | 2026-11-01 10:30 | 19.80 |   0.00
            2026-10-12 00:00 |                        | suspended unpaid | 0.00 |  0.00 |          0 | 2026-11-01 10:30 | 19.80 |   0.00
            2026-10-12 09:00 | pay                    | wrong_state      | 0.00 |  0.00 |          0 | 2026-11-01 10:30 | 19.80 |   0.00
            2026-10-13 09:00 | invoice paid           | active           | 0.00 |  0.00 |  8,000,000 | 2026-11-01 10:30 |  9.90 |   0.00
            2026-11-01 10:30 |                        | grace            | 0.00 |  0.00 | 10,000,000 | 2026-12-01 10:30 |  9.90 |   0.00
            2026-11-01 11:00 | invoice paid           | grace            | 0.00 |  0.00 | 10,000,000 | 2026-12-01 10:30 |  0.00 |   0.00
            2026-11-02 04:30 |                        | active           | 0.00 |  0.00 | 10,000,000 | 2026-12-01 10:30 |  9.90 |   0.00
            2026-11-03 09:00 | agree 100 30           | active           | 0.00 |  0.00 | 10,000,000 | 2026-12-01 10:30 |  9.90 |   0.00
            2026-11-03 09:00 | order plus by invoice  | active           | 0.00 |  0.00 | 40,000,000 | 2026-12-03 09:00 | 39.80 |   0.00
            2026-11-03 10:00 | invoice paid           | active           | 0.00 |  0.00 | 40,000,000 | 2026-12-03 09:00 | 29.90 |   0.00
            2026-11-03 10:00 | invoice paid           | active           | 0.00 |  0.00 | 40,000,000 | 2026-12-03 09:00 |  0.00 |   0.00
            2026-11-04 09:00 | cancel                 | terminated       | 0.00 | 29.90 |          0 | 2026-11-04 09:00 |  0.00 |  29.90
            2026-12-01 10:30 |                        | terminated       | 0.00 | 29.90 |          0 | 2026-11-04 09:00 |  0.00 |  20.00
            """,
            more: InvoiceAsync
        );

    [Fact]
    public Task An_invoice_that_nobody_pays_ends_the_plan_and_what_was_used_stays_owed() =>
        SubscriptionStory.TellAsync(
            """
            when             | what                   | state            | paid |  owed |       left | ends             |  open | credit
            2026-09-01 10:30 | agree 100 0            | -                | 0.00 |  0.00 |          0 | -                |  0.00 |   0.00
            2026-09-01 10:30 | order yearly by invoice | active          | 0.00 |  0.00 | 100,000,000 | 2027-09-01 10:30 | 99.00 |  0.00
            2026-09-02 00:00 |                        | grace            | 0.00 |  0.00 | 100,000,000 | 2027-09-01 10:30 | 99.00 |  0.00
            2026-09-05 00:00 |                        | restricted       | 0.00 |  0.00 |          0 | 2027-09-01 10:30 | 99.00 |   0.00
            2026-09-30 00:00 |                        | terminated       | 0.00 |  0.00 |          0 | 2026-09-30 00:00 | 99.00 |   0.00
            2026-10-01 09:00 | invoice paid           | terminated       | 0.00 |  0.00 |          0 | 2026-09-30 00:00 |  0.00 |   0.00
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
