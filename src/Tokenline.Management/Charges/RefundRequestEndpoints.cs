using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Refunds;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

/// <summary>That a customer asks for a call to be given back.</summary>
/// <param name="Part">What part of the charge was granted; absent: not decided, or all that was left of it.</param>
/// <param name="Answer">For the customer to read.</param>
public sealed record RefundRequestBody(
    RefundRequestId Id,
    PartyId Customer,
    ChargeId Charge,
    MembershipId? By,
    string Reason,
    DateTimeOffset At,
    RefundRequestState State,
    decimal? Part,
    string? Answer,
    string? DecidedBy,
    DateTimeOffset? EndedAt
)
{
    internal static RefundRequestBody Of(AskedRefund asked) =>
        new(
            asked.Id,
            asked.Customer,
            asked.Charge,
            asked.By,
            asked.Reason,
            asked.At,
            asked.State,
            asked.Millionths is { } millionths ? RefundBody.Fraction(millionths) : null,
            asked.Answer,
            asked.DecidedBy,
            asked.EndedAt
        );
}

/// <param name="Charge">The call.</param>
/// <param name="Reason">What was wrong with it, 1 to 500 characters.</param>
public sealed record NewRefundRequestBody(string? Charge, string? Reason);

/// <param name="Part">Of a grant: <c>whole</c> (all that is left), or a fraction such as <c>"0.5"</c>; <c>whole</c> unless told.</param>
/// <param name="Answer">What the customer is told, 1 to 500 characters.</param>
/// <param name="By">Who decides; <c>operator</c> unless told.</param>
public sealed record RefundDecisionBody(string? Part, string? Answer, string? By);

internal static class RefundRequestEndpoints
{
    private const string Tag = "Charges";
    private const string Operator = "operator";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/refund-requests", ListAsync)
            .Produces<Page<RefundRequestBody>>()
            .Documented(
                Tag,
                "List what customers ask to be given back",
                "Newest first; of one `state` or all, of one `customer` or all.",
                Problems.InvalidRequest
            );
        api.MapGet("/refund-requests/{id}", ShowAsync)
            .Produces<RefundRequestBody>()
            .Documented(Tag, "Show a refund request", "With its answer, when there is one.", Problems.NotFound);
        api.MapPost("/customers/{id}/refund-requests", AskAsync)
            .Takes<NewRefundRequestBody>()
            .Produces<RefundRequestBody>(201)
            .Documented(
                Tag,
                "Ask for a call to be given back",
                "On behalf of the customer, whose call it must be. Of a call one request is open at a time, and of a customer fifty.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict,
                Problems.WrongState
            );
        api.MapPost("/refund-requests/{id}/grant", GrantAsync)
            .Takes<RefundDecisionBody>()
            .Produces<RefundRequestBody>()
            .Documented(
                Tag,
                "Give back what a customer asked for",
                "Whole or in part, once, with the answer as the reason on record. Said again with the same content it is the same.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict,
                Problems.WrongState,
                Problems.Overloaded
            );
        api.MapPost("/refund-requests/{id}/reject", RejectAsync)
            .Takes<RefundDecisionBody>()
            .Produces<RefundRequestBody>()
            .Documented(
                Tag,
                "Say no to a refund request",
                "The customer reads the answer.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
    }

    private static async Task<IResult> ListAsync(
        string? state,
        string? customer,
        string? before,
        string? limit,
        IRefundRequestStore store,
        CancellationToken cancellation
    )
    {
        var query = PageQuery<RefundRequestKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var (wanted, whose) = (default(RefundRequestState), default(PartyId));
        if (state is not null && !(Enum.TryParse(state, ignoreCase: true, out wanted) && Enum.IsDefined(wanted)))
            return ApiResult.Problem(Refused.Invalid("state", "open, granted, refunded, rejected or withdrawn."));
        if (customer is not null && !PartyId.TryParse(customer, out whose))
            return ApiResult.Problem(Refused.Invalid("customer", "An id of the form pty_… is expected."));
        var found = await store.ListAsync(
            state is null ? null : wanted,
            customer is null ? null : whose,
            page.Before,
            page.Limit + 1,
            cancellation
        );
        return TypedResults.Ok(page.Of(found, RefundRequestBody.Of, asked => asked.Id));
    }

    private static async Task<IResult> ShowAsync(string id, IRefundRequestStore store, CancellationToken cancellation) =>
        RefundRequestId.TryParse(id, out var request) && await store.FindAsync(request, cancellation) is { } found
            ? TypedResults.Ok(RefundRequestBody.Of(found))
            : NotFound(id);

    private static async Task<IResult> AskAsync(string id, HttpContext http, RefundRequests requests)
    {
        var read = await Body.ReadAsync<NewRefundRequestBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        if (!PartyId.TryParse(id, out var customer))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        var body = read.Required();
        if (!ChargeId.TryParse(body.Charge, out var charge))
            return ApiResult.Problem(Refused.Invalid("charge", "An id of the form chg_… is expected."));
        return ApiResult.Created(
            await requests.AskAsync(customer, null, charge, body.Reason, http.RequestAborted),
            asked => $"{ManagementApi.Root}/refund-requests/{asked.Id}",
            RefundRequestBody.Of
        );
    }

    private static async Task<IResult> GrantAsync(string id, HttpContext http, RefundRequests requests)
    {
        var read = await Body.ReadAsync<RefundDecisionBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var body = read.Required();
        if (!RefundEndpoints.TryPart(body.Part ?? RefundEndpoints.Whole, out var millionths))
            return ApiResult.Problem(RefundEndpoints.NoPart);
        return RefundRequestId.TryParse(id, out var request)
            ? ApiResult.Of(
                await requests.GrantAsync(request, millionths, body.Answer, body.By ?? Operator, http.RequestAborted),
                RefundRequestBody.Of
            )
            : NotFound(id);
    }

    private static async Task<IResult> RejectAsync(string id, HttpContext http, RefundRequests requests)
    {
        var read = await Body.ReadAsync<RefundDecisionBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var body = read.Required();
        if (body.Part is not null)
            return ApiResult.Problem(Refused.Invalid("part", "What is rejected has no part."));
        return RefundRequestId.TryParse(id, out var request)
            ? ApiResult.Of(await requests.RejectAsync(request, body.Answer, body.By ?? Operator, http.RequestAborted), RefundRequestBody.Of)
            : NotFound(id);
    }

    private static IResult NotFound(string id) => ApiResult.Problem(Refused.NotFound("refund request", id));
}
