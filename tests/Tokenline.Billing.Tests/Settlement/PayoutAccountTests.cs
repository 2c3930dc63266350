using Tokenline.Billing.Bills;
using Tokenline.Billing.Settlement;
using Tokenline.Billing.Vendors;
using Tokenline.Commerce;

namespace Tokenline.Billing.Tests.Settlement;

/// <summary>Where a vendor is paid: nothing goes to an account that one person alone has entered.</summary>
public sealed class PayoutAccountTests
{
    private static readonly PayoutPerson ann = new("stf_1", "Ann");
    private static readonly PayoutPerson bob = new("stf_2", "Bob");
    private static readonly DateTimeOffset now = new(2026, 12, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly BillingPeriod november = BillingPeriod.Of(2026, 11);

    private readonly MemoryBillingStore store = new();
    private readonly StatementDesk desk;
    private readonly PayoutAccounts accounts;

    public PayoutAccountTests()
    {
        accounts = new PayoutAccounts(store, new OpenSeal(), TimeProvider.System);
        desk = new StatementDesk(store, new BillingCalendar("Asia/Shanghai"));
    }

    [Fact]
    public async Task A_statement_is_paid_to_the_account_that_two_people_have_said_yes_to_and_to_no_other()
    {
        var statement = await StatementAsync("zhipu", 700);
        await RefusedAsync(statement, "has no account");
        var first = (await accounts.ProposeAsync("zhipu", "6222 0000 1111", ann, default)).Required();
        Assert.Equal((null, "•••• 1111"), (first.Masked, first.Proposed!.Masked));
        Assert.Null(await accounts.RevealAsync("zhipu", default));
        await RefusedAsync(statement, "waits for a second person's yes");

        Assert.Equal(Problems.PermissionDenied, (await accounts.ConfirmAsync("zhipu", first.Proposed, ann, default)).Refused!.Problem);
        Assert.Equal(
            Problems.PermissionDenied,
            (await accounts.ConfirmAsync("zhipu", first.Proposed, ann with { Name = "Somebody else" }, default)).Refused!.Problem
        );
        await RefusedAsync(statement, "waits for a second person's yes");
        var confirmed = (await accounts.ConfirmAsync("zhipu", first.Proposed, bob, default)).Required();
        Assert.Equal(("•••• 1111", "Ann, Bob", null), (confirmed.Masked, confirmed.By, confirmed.Proposed));

        // A change that waits leaves the one before it in use.
        var second = (await accounts.ProposeAsync("zhipu", "6222 0000 2222", bob, default)).Required();
        var paid = (await desk.PayOutAsync(statement, now, default)).Required();
        Assert.Equal((StatementState.Paid, "•••• 1111"), (paid.State, paid.PaidTo));
        Assert.Equal("6222 0000 1111", await accounts.RevealAsync("zhipu", default));

        (await accounts.ConfirmAsync("zhipu", second.Proposed!, ann, default)).Required();
        var next = await StatementAsync("zhipu", 5, november.Next);
        Assert.Equal("•••• 2222", (await desk.PayOutAsync(next, now, default)).Required().PaidTo);
    }

    [Fact]
    public async Task What_was_entered_meanwhile_is_not_confirmed_unseen()
    {
        var seen = (await accounts.ProposeAsync("zhipu", "6222 0000 1111", ann, default)).Required().Proposed!;
        var swapped = (await accounts.ProposeAsync("zhipu", "6222 9999 1111", ann, default)).Required().Proposed!;
        Assert.Equal(seen.Masked, swapped.Masked); // the last four are the same
        Assert.Equal(Problems.Conflict, (await accounts.ConfirmAsync("zhipu", seen, bob, default)).Refused!.Problem);
        Assert.Equal(Problems.Conflict, (await accounts.RejectAsync("zhipu", seen, default)).Refused!.Problem);
        (await accounts.RejectAsync("zhipu", swapped, default)).Required();
        Assert.Equal(Problems.Conflict, (await accounts.ConfirmAsync("zhipu", swapped, bob, default)).Refused!.Problem);
        Assert.Null(await accounts.RevealAsync("zhipu", default));
        Assert.Equal(Problems.InvalidRequest, (await accounts.ProposeAsync("zhipu", "123", ann, default)).Refused!.Problem);
    }

    [Fact]
    public async Task The_account_of_an_approved_application_is_in_use_and_does_not_take_the_place_of_another()
    {
        await accounts.TakeOverAsync("zhipu", accounts.SealOfApplication("zhipu", "6222 0000 3333"), "Li", default);
        await accounts.TakeOverAsync("zhipu", accounts.SealOfApplication("zhipu", "6222 0000 4444"), "Li", default);
        Assert.Equal("6222 0000 3333", await accounts.RevealAsync("zhipu", default));
        var statement = await StatementAsync("zhipu", 700);
        Assert.Equal("•••• 3333", (await desk.PayOutAsync(statement, now, default)).Required().PaidTo);
    }

    /// <summary>As it was kept before an account needed a second yes.</summary>
    [Fact]
    public async Task An_account_that_was_in_use_before_stays_in_use()
    {
        const string body =
            """{"sealed":"payout account of zhipu\n6222 0000 5555","masked":"•••• 5555","at":"2026-01-01T00:00:00+00:00","by":"Ann"}""";
        await store.CommitAsync(
            new BillingChange { Documents = [new(DocumentKind.PayoutAccount, "zhipu", "zhipu", null, 0, body)] },
            default
        );
        Assert.Equal("•••• 5555", (await desk.PayOutAsync(await StatementAsync("zhipu", 700), now, default)).Required().PaidTo);
    }

    [Fact]
    public async Task What_is_not_above_nothing_is_closed_without_an_account()
    {
        var paid = (await desk.PayOutAsync(await StatementAsync("zhipu", 0), now, default)).Required();
        Assert.Equal((StatementState.Paid, 0, null), (paid.State, paid.PaidNano, paid.PaidTo));
    }

    private async Task RefusedAsync(string statement, string why)
    {
        var refused = (await desk.PayOutAsync(statement, now, default)).Refused!;
        Assert.Equal(Problems.WrongState, refused.Problem);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(StatementState.Confirmed, (await desk.FindAsync(statement, default)).Required().State);
        Assert.Empty(await store.TransfersAsync(0, 10, default));
    }

    /// <summary>One that its vendor has confirmed.</summary>
    private async Task<string> StatementAsync(string vendor, long due, BillingPeriod? of = null)
    {
        var period = of ?? november;
        var id = Statement.IdOf(period, PayeeKind.Vendor, vendor, Currency.Cny);
        var statement = new Statement(id, period, PayeeKind.Vendor, vendor, Currency.Cny, 1, null, [], due * Money.NanoPerUnit, 0, now)
        {
            State = StatementState.Confirmed,
        };
        var group = Statement.GroupOf(PayeeKind.Vendor, vendor, Currency.Cny);
        await store.CommitAsync(
            new BillingChange { Documents = [new(DocumentKind.Statement, id, group, period, 0, BillingJson.Write(statement))] },
            default
        );
        return id;
    }

    private sealed class OpenSeal : IPayoutSeal
    {
        public string Seal(string secret, string owner) => $"{owner}\n{secret}";

        public string Unseal(string sealedText, string owner) =>
            sealedText.StartsWith(owner + "\n", StringComparison.Ordinal)
                ? sealedText[(owner.Length + 1)..]
                : throw new InvalidOperationException("sealed for another");

        public bool IsCurrent(string sealedText) => true;

        public string KeyOf(string sealedText) => "open";
    }
}
