using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Gateway.Pipeline;

namespace Tokenline.Gateway.Tests.Pipeline;

public sealed class UndeliveredAnswerTests
{
    private static readonly AccountId account = new(7);
    private static readonly SettleRequest settle = new()
    {
        Charge = new ChargeId(42),
        Usage = Usage.Of(10, 20),
        Basis = UsageBasis.Vendor,
        Ending = CallEnding.Completed,
        Vendor = "v",
        Deployment = "d@v",
    };

    [Fact]
    public async Task What_was_never_settled_is_released_and_the_vendor_is_owed_for_it()
    {
        var accounts = new Scripted(EndVerdict.Done);

        var outcome = await new UndeliveredAnswer(accounts, new FakeTimeProvider()).EndAsync(account, settle);

        Assert.Equal(EndVerdict.Done, outcome.Verdict);
        var attempt = Assert.Single(accounts.Released!.Attempts!);
        Assert.Equal(("v", "d@v", settle.Usage), (attempt.Vendor, attempt.Deployment, attempt.Usage));
        Assert.Null(accounts.Executed);
    }

    [Theory]
    [InlineData(EndVerdict.Conflict)] // the account remembers the settle
    [InlineData(EndVerdict.Unknown)] // it has been opened anew since, and only the journal does
    public async Task What_was_settled_without_word_of_it_is_given_back_whole(EndVerdict verdict)
    {
        var accounts = new Scripted(verdict);

        var outcome = await new UndeliveredAnswer(accounts, new FakeTimeProvider()).EndAsync(account, settle);

        Assert.Equal(EndVerdict.Done, outcome.Verdict);
        Assert.Equal(new Refund(new CommandId(42), settle.Charge, 1_000_000, UndeliveredAnswer.Reason), accounts.Executed);
    }

    private sealed class Scripted(EndVerdict verdict) : IChargingAccounts
    {
        public ReleaseRequest? Released { get; private set; }

        public AccountCommand? Executed { get; private set; }

        public ValueTask<EndOutcome> ReleaseAsync(AccountId of, ReleaseRequest request)
        {
            Released = request;
            return new(new EndOutcome(verdict));
        }

        public ValueTask<Refusal?> ExecuteAsync(AccountId of, AccountCommand command)
        {
            Executed = command;
            return new((Refusal?)null);
        }

        public ValueTask<HoldOutcome> HoldAsync(AccountId of, HoldRequest request) => throw new NotSupportedException();

        public ValueTask DispatchedAsync(AccountId of, ChargeId charge) => throw new NotSupportedException();

        public ValueTask<ExtendOutcome> ExtendAsync(AccountId of, ExtendRequest request) => throw new NotSupportedException();

        public ValueTask<EndOutcome> SettleAsync(AccountId of, SettleRequest request) => throw new NotSupportedException();

        public ValueTask<int> RecoverAsync(AccountId of, LiveRuns runs) => throw new NotSupportedException();

        public ValueTask<AccountView> ViewAsync(AccountId of) => throw new NotSupportedException();
    }
}
