using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Billing.Settlement;
using Tokenline.Billing.Vendors;
using Tokenline.Commerce;
using Tokenline.Management.Api;

namespace Tokenline.Management.Billing;

/// <param name="BankAccount">As the bank writes it.</param>
public sealed record NewPayoutAccountBody(string? BankAccount);

/// <param name="Masked">The last four characters of the account that waits, as it was shown.</param>
/// <param name="At">When it was entered, as it was shown.</param>
public sealed record SeenPayoutAccountBody(string? Masked, DateTimeOffset? At);

/// <param name="By">Who entered it.</param>
public sealed record ProposedAccountBody(string Masked, DateTimeOffset At, string By);

/// <param name="Masked">Of the account that is in use.</param>
/// <param name="By">Who entered it, and who confirmed it.</param>
/// <param name="Proposed">One that waits for a second person's yes.</param>
public sealed record PayoutAccountBody(string Vendor, string? Masked, DateTimeOffset? ChangedAt, string? By, ProposedAccountBody? Proposed)
{
    internal static PayoutAccountBody Of(PayoutAccount account) =>
        new(
            account.Vendor,
            account.Masked,
            account.ChangedAt,
            account.By,
            account.Proposed is { } next ? new(next.Masked, next.At, next.By.Name) : null
        );
}

/// <summary>Where vendors are paid. What one has entered another confirms; whoever has the operator's key is one person.</summary>
internal static class PayoutAccountEndpoints
{
    private const string Tag = "Settlement";
    private static readonly PayoutPerson admin = new("key:admin", "admin");

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/vendors/{vendor}/payout-account", ShowAsync)
            .Produces<PayoutAccountBody>()
            .Documented(
                Tag,
                "Show where a vendor is paid",
                "Masked: the whole account is read by whoever pays out alone.",
                Problems.NotFound
            );
        api.MapPut("/vendors/{vendor}/payout-account", ProposeAsync)
            .Takes<NewPayoutAccountBody>()
            .Produces<PayoutAccountBody>()
            .Documented(
                Tag,
                "Enter where a vendor is paid",
                "It waits until another person, of the vendor or of the operator's finance, has confirmed it; payouts go to the one before it until then.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapPost("/vendors/{vendor}/payout-account/confirmation", ConfirmAsync)
            .Takes<SeenPayoutAccountBody>()
            .Produces<PayoutAccountBody>()
            .Documented(
                Tag,
                "Confirm where a vendor is paid",
                "Of the account that was shown as waiting, not of one that was entered meanwhile. Whoever has entered it cannot confirm it.",
                Problems.InvalidRequest,
                Problems.PermissionDenied,
                Problems.Conflict
            );
        api.MapPost("/vendors/{vendor}/payout-account/rejection", RejectAsync)
            .Takes<SeenPayoutAccountBody>()
            .Produces<PayoutAccountBody>()
            .Documented(
                Tag,
                "Reject where a vendor would be paid",
                "The account that waits is forgotten.",
                Problems.InvalidRequest,
                Problems.Conflict
            );
    }

    private static async Task<IResult> ShowAsync(string vendor, PayoutAccounts accounts, CancellationToken cancellation) =>
        await accounts.FindAsync(vendor, cancellation) is { } account
            ? TypedResults.Ok(PayoutAccountBody.Of(account))
            : ApiResult.Problem(Refused.NotFound("payout account of", vendor));

    private static async Task<IResult> ProposeAsync(HttpContext http, string vendor, PayoutAccounts accounts, IStalls stalls)
    {
        var read = await Body.ReadAsync<NewPayoutAccountBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        if ((await stalls.AllAsync(http.RequestAborted)).All(stall => stall.Vendor != vendor))
            return ApiResult.Problem(Refused.NotFound("vendor", vendor));
        return ApiResult.Of(await accounts.ProposeAsync(vendor, body.BankAccount ?? "", admin, http.RequestAborted), PayoutAccountBody.Of);
    }

    private static async Task<IResult> ConfirmAsync(HttpContext http, string vendor, PayoutAccounts accounts)
    {
        var (seen, refused) = await SeenAsync(http);
        return seen is null
            ? ApiResult.Problem(refused!)
            : ApiResult.Of(await accounts.ConfirmAsync(vendor, seen, admin, http.RequestAborted), PayoutAccountBody.Of);
    }

    private static async Task<IResult> RejectAsync(HttpContext http, string vendor, PayoutAccounts accounts)
    {
        var (seen, refused) = await SeenAsync(http);
        return seen is null
            ? ApiResult.Problem(refused!)
            : ApiResult.Of(await accounts.RejectAsync(vendor, seen, http.RequestAborted), PayoutAccountBody.Of);
    }

    private static async Task<(ProposedAccount? Seen, Refused? Refused)> SeenAsync(HttpContext http)
    {
        var read = await Body.ReadAsync<SeenPayoutAccountBody>(http);
        if (read.Value is not { } body)
            return (null, read.Refused);
        return body is { Masked: { } masked, At: { } at }
            ? (new(masked, at, admin), null)
            : (null, Refused.Invalid("masked", "Which account? 'masked' and 'at' are those of the account that waits."));
    }
}
