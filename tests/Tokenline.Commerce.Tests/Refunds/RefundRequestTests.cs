using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Refunds;

namespace Tokenline.Commerce.Tests.Refunds;

public sealed class RefundRequestTests : IAsyncLifetime
{
    private const string Model = "deepseek-v4-flash";
    private World world = null!;
    private Customer customer = null!;

    private static CancellationToken None => CancellationToken.None;

    private RefundRequests Requests => world.Get<RefundRequests>();

    public async ValueTask InitializeAsync()
    {
        world = await World.SeededAsync();
        customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "plan-light");
    }

    public async ValueTask DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task What_support_grants_is_given_back_once_with_the_answer_as_its_reason()
    {
        var record = await CallAsync();
        var asked = (await Requests.AskAsync(customer.Id, null, record.Charge, " It broke off. ", None)).Required();
        Assert.Equal((RefundRequestState.Open, "It broke off."), (asked.State, asked.Reason));

        var granted = (await Requests.GrantAsync(asked.Id, 500_000, "Half of it came.", "Lin", None)).Required();
        var again = (await Requests.GrantAsync(asked.Id, 500_000, "Half of it came.", "Lin", None)).Required();

        Assert.Equal((RefundRequestState.Refunded, 500_000, "Lin"), (granted.State, granted.Millionths, granted.DecidedBy));
        Assert.Equal(granted.State, again.State);
        var adjustment = Assert.Single(await world.Get<IChargeHistory>().AdjustmentsAsync(record.Charge));
        Assert.Equal((500_000, "Half of it came."), (adjustment.Refund.Millionths, adjustment.Refund.Reason));
        Assert.Equal(Problems.WrongState, (await Requests.GrantAsync(asked.Id, null, "All of it.", "Lin", None)).Refused!.Problem);
        Assert.Equal(Problems.WrongState, (await Requests.RejectAsync(asked.Id, "No.", "Lin", None)).Refused!.Problem);
    }

    [Fact]
    public async Task Many_who_decide_at_once_give_back_the_call_once_or_not_at_all()
    {
        for (var round = 0; round < 4; round++)
        {
            var record = await CallAsync();
            var asked = (await Requests.AskAsync(customer.Id, null, record.Charge, "Wrong answer", None)).Required();
            await Task.WhenAll(
                Enumerable
                    .Range(0, 6)
                    .Select(i =>
                        Task.Run(() =>
                            i % 3 == 2
                                ? Requests.RejectAsync(asked.Id, "No.", $"staff-{i}", None)
                                : Requests.GrantAsync(asked.Id, i % 3 == 0 ? null : 250_000, "Yes.", $"staff-{i}", None)
                        )
                    )
            );
            var ended = await world.Get<IRefundRequestStore>().FindAsync(asked.Id, None);
            var back = (await world.Get<IChargeHistory>().AdjustmentsAsync(record.Charge)).Sum(one => one.Refund.Millionths);
            Assert.Equal(ended!.State == RefundRequestState.Refunded ? ended.Millionths ?? 1_000_000 : 0, back);
            Assert.True(ended.IsDecided);
        }
    }

    [Fact]
    public async Task What_a_crash_left_granted_is_given_back_by_the_next_round()
    {
        var record = await CallAsync();
        var asked = (await Requests.AskAsync(customer.Id, null, record.Charge, "It was empty", None)).Required();
        world.Accounts.Unavailable = customer.Account;
        await Assert.ThrowsAsync<AccountUnavailableException>(() => Requests.GrantAsync(asked.Id, null, "Sorry.", "Lin", None));
        Assert.Single((await Requests.ResumeAsync(None)).Trouble);
        world.Accounts.Unavailable = null;

        Assert.Equal(1, (await Requests.ResumeAsync(None)).Ended);
        Assert.Equal(0, (await Requests.ResumeAsync(None)).Ended);

        Assert.Single(await world.Get<IChargeHistory>().AdjustmentsAsync(record.Charge));
        Assert.Equal(RefundRequestState.Refunded, (await world.Get<IRefundRequestStore>().FindAsync(asked.Id, None))!.State);
    }

    [Fact]
    public async Task A_call_that_was_given_back_in_another_way_ends_the_request_for_it_and_says_so()
    {
        var refunding = world.Get<Refunding>();
        var record = await CallAsync();
        var asked = (await Requests.AskAsync(customer.Id, null, record.Charge, "It broke off", None)).Required();
        (await refunding.RefundAsync(new(record.Charge, 400_000, "a part, on the phone", null))).Required();
        await Requests.GivenBackAsync(record.Charge, None);
        Assert.Equal(0, (await Requests.ResumeAsync(None)).Ended);
        Assert.Equal(RefundRequestState.Open, (await StoredAsync(asked)).State); // the rest may still be granted

        (await refunding.RefundAsync(new(record.Charge, null, "the rest, on the phone", null))).Required();
        await Requests.GivenBackAsync(record.Charge, None);
        var ended = await StoredAsync(asked);
        Assert.Equal(
            (RefundRequestState.Refunded, "the rest, on the phone", RefundRequests.Elsewhere, world.Time.GetUtcNow()),
            (ended.State, ended.Answer, ended.DecidedBy, ended.EndedAt)
        );
        Assert.Equal(1_000_000, (await world.Get<IChargeHistory>().AdjustmentsAsync(record.Charge)).Sum(one => one.Refund.Millionths));

        // Whoever gave it back was stopped before that: the next round sees it.
        var second = await CallAsync();
        var waiting = (await Requests.AskAsync(customer.Id, null, second.Charge, "Twice", None)).Required();
        (await refunding.RefundAsync(new(second.Charge, null, "a batch that was cancelled", null))).Required();
        Assert.Equal(1, (await Requests.ResumeAsync(None)).Ended);
        Assert.Equal("a batch that was cancelled", (await StoredAsync(waiting)).Answer);
    }

    private async Task<AskedRefund> StoredAsync(AskedRefund asked) => (await world.Get<IRefundRequestStore>().FindAsync(asked.Id, None))!;

    [Fact]
    public async Task A_call_is_asked_back_by_its_own_customer_once_at_a_time_and_not_for_ever()
    {
        var record = await CallAsync();
        var other = await world.NewCustomerAsync("+8613900000002");
        Assert.Equal(Problems.NotFound, (await Requests.AskAsync(other.Id, null, record.Charge, "Mine?", None)).Refused!.Problem);
        Assert.Equal("reason", (await Requests.AskAsync(customer.Id, null, record.Charge, " ", None)).Refused!.Param);
        Assert.Equal("reason", (await Requests.AskAsync(customer.Id, null, record.Charge, new string('x', 501), None)).Refused!.Param);

        var asked = (await Requests.AskAsync(customer.Id, null, record.Charge, "Wrong", None)).Required();
        Assert.Equal(Problems.Conflict, (await Requests.AskAsync(customer.Id, null, record.Charge, "Wrong!", None)).Refused!.Problem);
        Assert.Equal(Problems.NotFound, (await Requests.WithdrawAsync(other.Id, asked.Id, None)).Refused!.Problem);
        Assert.Equal(RefundRequestState.Withdrawn, (await Requests.WithdrawAsync(customer.Id, asked.Id, None)).Required().State);
        Assert.Equal(Problems.WrongState, (await Requests.WithdrawAsync(customer.Id, asked.Id, None)).Refused!.Problem);

        var second = (await Requests.AskAsync(customer.Id, null, record.Charge, "Wrong after all", None)).Required();
        (await world.Get<Refunding>().RefundAsync(new(record.Charge, null, "another way", null))).Required();
        Assert.Equal(Problems.Conflict, (await Requests.GrantAsync(second.Id, null, "Yes.", "Lin", None)).Refused!.Problem);
        Assert.Equal(RefundRequestState.Rejected, (await Requests.RejectAsync(second.Id, "You have it.", "Lin", None)).Required().State);
        Assert.Equal(Refunding.GivenBackWhole, (await Requests.AskAsync(customer.Id, null, record.Charge, "More", None)).Refused!.Message);

        var old = await CallAsync();
        world.Time.Advance(TimeSpan.FromDays(91));
        Assert.Equal(Problems.WrongState, (await Requests.AskAsync(customer.Id, null, old.Charge, "Late", None)).Refused!.Problem);
    }

    private Task<UsageRecord> CallAsync() => world.CallAsync(customer, Model, new Usage { [Meter.Input] = 1_000, [Meter.Output] = 500 });
}
