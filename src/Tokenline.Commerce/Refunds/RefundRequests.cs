using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Refunds;

/// <summary>
/// Customers ask for a call to be given back; the operator's support decides. Of a charge one request at a time is open, and what is granted is
/// given back once: the refund's command is made of the request's id, so that it is the same one however often it is taken up.
/// </summary>
public sealed class RefundRequests(
    IRefundRequestStore store,
    IChargeHistory history,
    ICustomerStore customers,
    Refunding refunding,
    IdSource ids,
    TimeProvider time
)
{
    public const int TextLengthMax = 500;

    /// <summary>Of a customer, at a time.</summary>
    public const int OpenMax = 50;

    public static readonly TimeSpan OldestMax = TimeSpan.FromDays(90);

    /// <summary>Who has decided what was given back without this request.</summary>
    public const string Elsewhere = "given back in another way";

    private const int NameLengthMax = 100;
    private const int PageSize = 200;

    /// <summary>The charge must be the customer's: another's is not there.</summary>
    /// <param name="by">The member who asks; null: the operator, for the customer.</param>
    public async Task<Outcome<AskedRefund>> AskAsync(
        PartyId customer,
        MembershipId? by,
        ChargeId charge,
        string? reason,
        CancellationToken cancellation
    )
    {
        if (await customers.FindAsync(customer, cancellation) is not { } known)
            return Refused.NotFound("customer", customer.ToString());
        if (Text("reason", reason, "What was wrong with the call?") is { } wrong)
            return wrong;
        if (await history.FindRecordAsync(charge) is not { } record || record.Account != known.Account)
            return await history.FindUnbilledAsync(charge) is { } unbilled && unbilled.Account == known.Account
                ? new Refused(Problems.Conflict, "The call runs still, or cost nothing: there is nothing to give back.", "charge")
                : Refused.NotFound("usage record of charge", charge.ToString());
        var now = time.GetUtcNow();
        if (now - record.EndedAt > OldestMax)
            return new Refused(Problems.WrongState, $"A call can be asked back for {OldestMax.Days} days.", "charge");
        if (record.Payments.All(payment => payment.Amount == 0))
            return new Refused(Problems.Conflict, "Nobody paid for this call: there is nothing to give back.", "charge");
        if (await GivenBackAsync(charge) == ChargingAccount.WholeMillionths)
            return new Refused(Problems.Conflict, Refunding.GivenBackWhole, "charge");
        if (await store.CountAsync(customer, RefundRequestState.Open, cancellation) >= OpenMax)
            return new Refused(Problems.Conflict, $"{OpenMax} requests are open: let them be answered first.");
        var asked = new AskedRefund(ids.Next<RefundRequestKind>(), customer, record.Account, charge, by, reason!.Trim(), now);
        return await store.AddAsync(asked, cancellation)
            ? asked
            : new Refused(Problems.Conflict, "This call was asked back before, and there is no answer yet.", "charge");
    }

    /// <summary>The customer takes it back. An answer that was given stays.</summary>
    public async Task<Outcome<AskedRefund>> WithdrawAsync(PartyId customer, RefundRequestId id, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation) is not { } asked || asked.Customer != customer)
            return Refused.NotFound("refund request", id.ToString());
        var next = asked with { State = RefundRequestState.Withdrawn, EndedAt = time.GetUtcNow() };
        return await store.ChangeAsync(next, RefundRequestState.Open) ? next : await WrongAsync(id, cancellation);
    }

    /// <summary>Gives the call back, whole or in part, with the answer as the reason on record. Said again with the same content it is the same.</summary>
    /// <param name="millionths">Of the whole charge; null is all that was not given back before.</param>
    /// <param name="by">Who of the operator's staff decides.</param>
    public async Task<Outcome<AskedRefund>> GrantAsync(
        RefundRequestId id,
        int? millionths,
        string? answer,
        string by,
        CancellationToken cancellation
    )
    {
        if (Deciding(answer, by) is { } wrong)
            return wrong;
        if (millionths is < 1 or > ChargingAccount.WholeMillionths)
            return Refused.Invalid("part", "A part is more than 0 and at most the whole.");
        if (await store.FindAsync(id, cancellation) is not { } asked)
            return Refused.NotFound("refund request", id.ToString());
        if (asked.State is RefundRequestState.Granted or RefundRequestState.Refunded)
            return asked.Millionths != millionths || asked.Answer != answer!.Trim()
                    ? new Refused(Problems.WrongState, "It was granted before, otherwise.")
                : asked.State == RefundRequestState.Refunded ? asked
                : await GiveBackAsync(asked);
        var left = ChargingAccount.WholeMillionths - await GivenBackAsync(asked.Charge);
        if (left == 0)
            return new Refused(Problems.Conflict, Refunding.GivenBackWhole);
        if (millionths > left)
            return Refused.Invalid(
                "part",
                $"Of this charge {left / (decimal)ChargingAccount.WholeMillionths:0.######} is left to give back."
            );
        var granted = asked with { State = RefundRequestState.Granted, Millionths = millionths, Answer = answer!.Trim(), DecidedBy = by };
        return await store.ChangeAsync(granted, RefundRequestState.Open)
            ? await GiveBackAsync(granted)
            : await WrongAsync(id, cancellation);
    }

    public async Task<Outcome<AskedRefund>> RejectAsync(RefundRequestId id, string? answer, string by, CancellationToken cancellation)
    {
        if (Deciding(answer, by) is { } wrong)
            return wrong;
        if (await store.FindAsync(id, cancellation) is not { } asked)
            return Refused.NotFound("refund request", id.ToString());
        if (asked.State == RefundRequestState.Rejected && asked.Answer == answer!.Trim())
            return asked;
        var next = asked with { State = RefundRequestState.Rejected, Answer = answer!.Trim(), DecidedBy = by, EndedAt = time.GetUtcNow() };
        return await store.ChangeAsync(next, RefundRequestState.Open) ? next : await WrongAsync(id, cancellation);
    }

    /// <summary>Takes up what was granted and not given back yet, and what was given back whole in another way, each for itself. Returns how many have ended now.</summary>
    public async Task<ResumeReport> ResumeAsync(CancellationToken cancellation)
    {
        var trouble = new Dictionary<string, Exception>();
        var ended =
            await EachAsync(RefundRequestState.Granted, async asked => (await GiveBackAsync(asked)).Value is not null)
            + await EachAsync(RefundRequestState.Open, CloseGivenBackAsync);
        return new(ended, trouble);

        async Task<int> EachAsync(RefundRequestState state, Func<AskedRefund, Task<bool>> end)
        {
            var (ended, mark) = (0, (RefundRequestId?)null);
            while (await store.ListAsync(state, null, mark, PageSize, cancellation) is { Count: > 0 } page)
            {
                foreach (var asked in page)
                {
                    cancellation.ThrowIfCancellationRequested();
                    mark = asked.Id;
                    try
                    {
                        if (await end(asked))
                            ended++;
                    }
                    catch (Exception e) when (e is not OperationCanceledException)
                    {
                        trouble[asked.Id.ToString()] = e;
                    }
                }
            }
            return ended;
        }
    }

    /// <summary>A call was given back: where nothing is left of it, a request that is open for it has ended, and says by what.</summary>
    public async Task GivenBackAsync(ChargeId charge, CancellationToken cancellation)
    {
        foreach (var asked in await store.OfAsync(charge, cancellation))
            if (asked.State == RefundRequestState.Open)
                await CloseGivenBackAsync(asked);
    }

    private async Task<bool> CloseGivenBackAsync(AskedRefund asked)
    {
        var given = await history.AdjustmentsAsync(asked.Charge);
        if (given.Sum(adjustment => adjustment.Refund.Millionths) < ChargingAccount.WholeMillionths)
            return false; // the rest can be granted
        var ended = asked with
        {
            State = RefundRequestState.Refunded,
            Answer = given[^1].Refund.Reason,
            DecidedBy = Elsewhere,
            EndedAt = time.GetUtcNow(),
        };
        return await store.ChangeAsync(ended, RefundRequestState.Open);
    }

    private async Task<Outcome<AskedRefund>> GiveBackAsync(AskedRefund granted)
    {
        var command = StableIds.Of<CommandKind>($"{granted.Id}|refund");
        var outcome = await refunding.RefundAsync(new(granted.Charge, granted.Millionths, ReasonOf(granted), command));
        if (outcome.Refused is { } refused)
        {
            // Given back another way in between: nothing is left that this request could give, so it waits for another answer.
            var open = granted with
            {
                State = RefundRequestState.Open,
                Millionths = null,
                Answer = null,
                DecidedBy = null,
            };
            await store.ChangeAsync(open, RefundRequestState.Granted);
            return refused;
        }
        var ended = granted with { State = RefundRequestState.Refunded, EndedAt = time.GetUtcNow() };
        await store.ChangeAsync(ended, RefundRequestState.Granted);
        return ended;
    }

    private async Task<int> GivenBackAsync(ChargeId charge) =>
        (await history.AdjustmentsAsync(charge)).Sum(adjustment => adjustment.Refund.Millionths);

    private async Task<Refused> WrongAsync(RefundRequestId id, CancellationToken cancellation) =>
        new(Problems.WrongState, $"It is {Word((await store.FindAsync(id, cancellation))?.State)}.");

    private static string Word(RefundRequestState? state) => state?.ToString().ToLowerInvariant() ?? "not there";

    /// <summary>A journal's reason is shorter than an answer.</summary>
    private static string ReasonOf(AskedRefund granted) =>
        granted.Answer!.Length <= Refunding.ReasonLengthMax ? granted.Answer : granted.Answer[..Refunding.ReasonLengthMax];

    private static Refused? Deciding(string? answer, string by) =>
        string.IsNullOrWhiteSpace(by) || by.Length > NameLengthMax
            ? Refused.Invalid("by", $"Who decides? 1 to {NameLengthMax} characters.")
            : Text("answer", answer, "What is the customer told?");

    private static Refused? Text(string param, string? text, string question) =>
        string.IsNullOrWhiteSpace(text) || text.Length > TextLengthMax
            ? Refused.Invalid(param, $"{question} 1 to {TextLengthMax} characters.")
            : null;
}
