using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Commerce.Refunds;

/// <summary>What is asked for: a part of a charge, and why.</summary>
/// <param name="Millionths">Of the whole charge; null is all that was not given back before.</param>
/// <param name="Command">Given again with the same content it is the same refund; null: a new one each time.</param>
public sealed record RefundRequest(ChargeId Charge, int? Millionths, string Reason, CommandId? Command);

/// <param name="IsNew">False: it was made before, by the same command.</param>
public sealed record RefundOutcome(UsageRecord Record, Adjustment Adjustment, bool IsNew);

/// <summary>Giving back a charge, whole or in part. The charging account decides and keeps count; what was made before is answered from its journal, however long ago.</summary>
public sealed class Refunding(IChargingAccounts accounts, IChargeHistory history, IdSource ids)
{
    public const int ReasonLengthMax = 200;
    public const string GivenBackWhole = "The charge has been given back whole.";

    public async Task<Outcome<RefundOutcome>> RefundAsync(RefundRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > ReasonLengthMax)
            return Refused.Invalid("reason", $"A refund has a reason of 1 to {ReasonLengthMax} characters.");
        if (request.Millionths is < 1 or > ChargingAccount.WholeMillionths)
            return Refused.Invalid("part", "A part is more than 0 and at most the whole.");
        if (await history.FindRecordAsync(request.Charge) is not { } record)
            return await history.FindUnbilledAsync(request.Charge) switch
            {
                { Released: not null } => new Refused(
                    Problems.Conflict,
                    "The call was released: it cost nothing, and there is nothing to give back."
                ),
                not null => new Refused(Problems.Conflict, "The call still runs; it can be given back when it is settled."),
                null => Refused.NotFound("charge", request.Charge.ToString()),
            };

        var before = await history.AdjustmentsAsync(request.Charge);
        if (Made(before, request) is { } made)
            return IsSame(before, made, request)
                ? new RefundOutcome(record, made, IsNew: false)
                : new Refused(Problems.IdempotencyConflict, $"{request.Command} was a refund with other content.", "commandId");
        var left = ChargingAccount.WholeMillionths - before.Sum(adjustment => adjustment.Refund.Millionths);
        if (left == 0)
            return new Refused(Problems.Conflict, GivenBackWhole);
        if (request.Millionths > left)
            return Refused.Invalid(
                "part",
                $"Of this charge {left / (decimal)ChargingAccount.WholeMillionths:0.######} is left to give back."
            );

        var command = request.Command ?? ids.Next<CommandKind>();
        var refusal = await accounts.ExecuteAsync(
            record.Account,
            new Refund(command, request.Charge, request.Millionths ?? left, request.Reason)
        );
        var after = await history.AdjustmentsAsync(request.Charge);
        if (Made(after, request with { Command = command }) is { } adjustment)
            return new RefundOutcome(record, adjustment, IsNew: true);
        return refusal is not null
            ? new Refused(refusal.Problem, refusal.Message, refusal.Problem == Problems.Conflict ? "commandId" : "part")
            : throw new InvalidOperationException($"the refund {command} of {request.Charge} was taken and is not in the journal");
    }

    private static Adjustment? Made(IReadOnlyList<Adjustment> adjustments, RefundRequest request) =>
        adjustments.FirstOrDefault(adjustment => adjustment.Refund.Command == request.Command);

    private static bool IsSame(IReadOnlyList<Adjustment> adjustments, Adjustment made, RefundRequest request)
    {
        var upToIt = adjustments.TakeWhile(adjustment => adjustment != made).Sum(adjustment => adjustment.Refund.Millionths);
        var asked = request.Millionths ?? ChargingAccount.WholeMillionths - upToIt;
        return made.Refund.Millionths == asked && made.Refund.Reason == request.Reason;
    }
}
