using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Refunds;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

internal static class RefundEndpoints
{
    private const string Tag = "Charges";
    internal const string Whole = "whole";
    internal static readonly Refused NoPart = Refused.Invalid(
        "part",
        "A part is \"whole\", or a fraction above 0 and at most 1 with at most six decimals, such as \"0.5\"."
    );

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/charges/{id}/refunds", RefundAsync)
            .Takes<NewRefundBody>()
            .Produces<RefundBody>(201)
            .Documented(
                Tag,
                "Give back a charge, whole or in part",
                "Back to the buckets that paid, by the recorded split, out of every limit that had counted it; a bucket that has ended is revived for 30 days. A request of the customer's that is open for it ends with it where nothing is left of the charge. "
                    + "201 when it was made, 200 when the same `commandId` with the same content had made it before.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict,
                Problems.IdempotencyConflict,
                Problems.Overloaded
            );
        api.MapGet("/charges/{id}/refunds", ListAsync)
            .Produces<RefundsBody>()
            .Documented(Tag, "Show what was given back of a charge", "Every refund, oldest first, and their sum.", Problems.NotFound);
    }

    private static async Task<IResult> RefundAsync(string id, HttpContext http, Refunding refunding, RefundRequests requests)
    {
        var body = await Body.ReadAsync<NewRefundBody>(http);
        if (body.Refused is { } unread)
            return ApiResult.Problem(unread);
        if (!ChargeId.TryParse(id, out var charge))
            return ApiResult.Problem(Refused.NotFound("usage record of charge", id));
        if (Read(charge, body.Required(), out var request) is { } wrong)
            return ApiResult.Problem(wrong);
        var outcome = await refunding.RefundAsync(request);
        if (outcome.Value is not { } made)
            return ApiResult.Problem(outcome.Refused!);
        await requests.GivenBackAsync(charge, CancellationToken.None);
        var answer = RefundBody.Of(made.Record, made.Adjustment);
        return made.IsNew ? TypedResults.Created($"{ManagementApi.Root}/charges/{id}/refunds", answer) : TypedResults.Ok(answer);
    }

    private static async Task<IResult> ListAsync(string id, IChargeHistory history) =>
        ChargeId.TryParse(id, out var charge) && await history.FindRecordAsync(charge) is { } record
            ? TypedResults.Ok(RefundsBody.Of(record, await history.AdjustmentsAsync(charge)))
            : ApiResult.Problem(Refused.NotFound("usage record of charge", id));

    private static Refused? Read(ChargeId charge, NewRefundBody body, out RefundRequest request)
    {
        request = new RefundRequest(charge, body.Millionths, body.Reason ?? "", null);
        if (body.Part is null == body.Millionths is null)
            return Refused.Invalid("part", "Say what part to give back: \"whole\", a fraction such as \"0.5\", or millionths.");
        if (body.Millionths is < 1 or > ChargingAccount.WholeMillionths)
            return Refused.Invalid("millionths", "Millionths are 1 to 1,000,000.");
        if (body.Part is not null)
        {
            if (!TryPart(body.Part, out var millionths))
                return NoPart;
            request = request with { Millionths = millionths };
        }
        if (body.CommandId is null)
            return null;
        if (!CommandId.TryParse(body.CommandId, out var command))
            return Refused.Invalid("commandId", "An id of the form cmd_… is expected: 13 digits of Crockford's base 32.");
        request = request with { Command = command };
        return null;
    }

    /// <param name="millionths">Null: the whole, as far as it is left.</param>
    internal static bool TryPart(string text, out int? millionths)
    {
        millionths = null;
        if (text == Whole)
            return true;
        var isFraction = TryFraction(text, out var fraction);
        millionths = fraction;
        return isFraction;
    }

    private static bool TryFraction(string text, out int millionths)
    {
        millionths = 0;
        if (
            !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var fraction)
            || fraction is <= 0 or > 1
        )
            return false;
        fraction *= ChargingAccount.WholeMillionths;
        if (fraction != decimal.Truncate(fraction))
            return false;
        millionths = decimal.ToInt32(fraction);
        return true;
    }
}
