using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Billing.Proposals;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Api;

namespace Tokenline.Management.Billing;

/// <summary>Prices that vendors propose, and what the operator says to them.</summary>
internal static class PriceProposalEndpoints
{
    private const string Tag = "Price proposals";
    private const string One = "/price-proposals/{vendor}/{id}";
    private static readonly string[] states = ["proposed", "withdrawn", "rejected", "approved", "lapsed"];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/price-proposals", ListAsync)
            .Produces<Listing<PriceProposalBody>>()
            .Documented(
                Tag,
                "List price proposals",
                $"Newest first; of a `vendor`, in a `state` ({string.Join(", ", states)}), or of both.",
                Problems.InvalidRequest
            );
        api.MapPost("/price-proposals", ProposeAsync)
            .Takes<NewPriceProposalBody>()
            .Produces<PriceProposalBody>()
            .Documented(
                Tag,
                "Propose a price, in a vendor's name",
                "`retail`: what customers are charged for a model that the vendor serves; `wholesale`: what the vendor is owed for it. It starts after the vendor's notice, when the operator has approved it. The same `id` again is the same proposal. With `dryRun` it is checked and not kept.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.ModelNotFound,
                Problems.Conflict,
                Problems.IdempotencyConflict
            );
        api.MapGet("/vendors/{vendor}/price-notice", NoticeAsync)
            .Produces<PriceNoticeBody>()
            .Documented(
                Tag,
                "Show a vendor's notice",
                "How many days before its start it proposes a price, and the earliest start of one proposed now."
            );
        api.MapGet(One, ShowAsync)
            .Produces<PriceProposalBody>()
            .Documented(Tag, "Show a price proposal", "With its price sheet.", Problems.NotFound);
        api.MapPost($"{One}/withdraw", WithdrawAsync)
            .Produces<PriceProposalBody>()
            .Documented(Tag, "Take a proposal back, in the vendor's name", "Until it is decided.", Problems.NotFound, Problems.WrongState);
        api.MapPost($"{One}/approve", ApproveAsync)
            .Takes<PriceApprovalBody>(isOptional: true)
            .Produces<PriceProposalBody>()
            .Documented(
                Tag,
                "Approve a proposal",
                "Its price is a version of the tariff or of the contract at once, and takes effect at its start; customers are told of it. `effectiveFrom` makes the start later. Approved again it answers the same. A tariff that has not started is still cancelled as any other (`DELETE /tariffs/{version}`).",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
        api.MapPost($"{One}/reject", RejectAsync)
            .Takes<PriceRejectionBody>()
            .Produces<PriceProposalBody>()
            .Documented(
                Tag,
                "Reject a proposal",
                "With the reason, which the vendor reads.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
    }

    private static async Task<IResult> ListAsync(string? vendor, string? state, PriceProposals proposals, CancellationToken cancellation)
    {
        ProposalState? wanted = Array.IndexOf(states, state) is var index and >= 0 ? (ProposalState)(index + 1) : null;
        return state is not null && wanted is null
            ? ApiResult.Problem(Refused.Invalid("state", $"'{state}' is not a state of a proposal: {string.Join(", ", states)} are."))
            : TypedResults.Ok(
                new Listing<PriceProposalBody>([.. (await proposals.ListAsync(vendor, wanted, cancellation)).Select(PriceProposalBody.Of)])
            );
    }

    private static async Task<IResult> ProposeAsync(HttpContext http, PriceProposals proposals)
    {
        var read = await Body.ReadAsync<NewPriceProposalBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (string.IsNullOrEmpty(body.Vendor))
            return ApiResult.Problem(Refused.Invalid("vendor", "A vendor's id is expected."));
        if (string.IsNullOrEmpty(body.Model))
            return ApiResult.Problem(Refused.Invalid("model", "A Model ID is expected."));
        if (body.Price is not { } price)
            return ApiResult.Problem(Refused.Invalid("price", "A price sheet is expected."));
        if (body.EffectiveFrom is not { } from)
            return ApiResult.Problem(
                Refused.Invalid("effectiveFrom", "When is it to start? An instant such as 2027-01-31T00:00:00+08:00 is expected.")
            );
        var proposal = new PriceProposal(
            body.Vendor,
            body.Id ?? "",
            body.Kind,
            body.Model,
            price,
            from.ToUniversalTime(),
            body.EffectiveUntil?.ToUniversalTime(),
            body.Reason ?? "",
            body.By ?? body.Vendor,
            default
        );
        return ApiResult.Of(
            body.DryRun
                ? await proposals.CheckAsync(proposal, http.RequestAborted)
                : await proposals.ProposeAsync(proposal, http.RequestAborted),
            PriceProposalBody.Of
        );
    }

    private static async Task<IResult> NoticeAsync(string vendor, PriceProposals proposals, CancellationToken cancellation) =>
        TypedResults.Ok(PriceNoticeBody.Of(await proposals.NoticeAsync(vendor, cancellation)));

    private static async Task<IResult> ShowAsync(string vendor, string id, PriceProposals proposals, CancellationToken cancellation) =>
        ApiResult.Of(await proposals.FindAsync(vendor, id, cancellation), PriceProposalBody.Of);

    private static async Task<IResult> WithdrawAsync(string vendor, string id, PriceProposals proposals, CancellationToken cancellation) =>
        ApiResult.Of(await proposals.WithdrawAsync(vendor, id, vendor, cancellation), PriceProposalBody.Of);

    private static async Task<IResult> ApproveAsync(HttpContext http, string vendor, string id, PriceProposals proposals)
    {
        var read = await Body.ReadOptionalAsync<PriceApprovalBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        return ApiResult.Of(
            await proposals.ApproveAsync(
                vendor,
                id,
                body.By ?? Operator,
                body.EffectiveFrom?.ToUniversalTime(),
                body.Answer,
                http.RequestAborted
            ),
            PriceProposalBody.Of
        );
    }

    private static async Task<IResult> RejectAsync(HttpContext http, string vendor, string id, PriceProposals proposals)
    {
        var read = await Body.ReadAsync<PriceRejectionBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        return ApiResult.Of(
            await proposals.RejectAsync(vendor, id, body.By ?? Operator, body.Reason ?? "", http.RequestAborted),
            PriceProposalBody.Of
        );
    }

    private const string Operator = "operator";
}

/// <param name="Id">The vendor's own name for it: given again it is the same proposal.</param>
/// <param name="Kind"><c>retail</c> or <c>wholesale</c>.</param>
/// <param name="Price">A price sheet as of `tariffs` or `contracts`.</param>
/// <param name="EffectiveFrom">RFC 3339 with its offset; not before the vendor's notice is over.</param>
/// <param name="EffectiveUntil">Makes it a promotion.</param>
/// <param name="By">Who asks.</param>
/// <param name="DryRun">Say what it would come to, and keep nothing.</param>
public sealed record NewPriceProposalBody(
    string? Vendor,
    string? Id,
    ProposedPrice Kind,
    string? Model,
    PriceSheet? Price,
    DateTimeOffset? EffectiveFrom,
    DateTimeOffset? EffectiveUntil = null,
    string? Reason = null,
    string? By = null,
    bool DryRun = false
);

/// <summary>What may be said to an approval; <c>effectiveFrom</c> is a later start than was asked for.</summary>
public sealed record PriceApprovalBody
{
    public DateTimeOffset? EffectiveFrom { get; init; }
    public string? Answer { get; init; }
    public string? By { get; init; }
}

public sealed record PriceRejectionBody(string? Reason, string? By = null);

public sealed record PriceNoticeBody(int Days, DateTimeOffset Earliest)
{
    internal static PriceNoticeBody Of(PriceNotice notice) => new(notice.Days, notice.Earliest);
}

/// <param name="State"><c>proposed</c>, <c>withdrawn</c>, <c>rejected</c>, <c>approved</c>, or <c>lapsed</c>: nobody decided before its start.</param>
/// <param name="Effect">Of an approved one: <c>scheduled</c>, <c>started</c>, <c>ended</c> or <c>cancelled</c>.</param>
/// <param name="Version">Of the tariff or the contract that it became.</param>
/// <param name="Difference">To what would be in force then; absent: it costs the same, or it is the first price.</param>
/// <param name="IsFirst">There is no price before it.</param>
/// <param name="SharedWith">Other vendors that serve the model at this retail price.</param>
public sealed record PriceProposalBody(
    string Vendor,
    string Id,
    ProposedPrice Kind,
    string Model,
    PriceSheet Price,
    DateTimeOffset EffectiveFrom,
    DateTimeOffset? EffectiveUntil,
    string Reason,
    string By,
    DateTimeOffset CreatedAt,
    ProposalState State,
    TariffState? Effect,
    int? Version,
    DateTimeOffset? DecidedAt,
    string? DecidedBy,
    string? Answer,
    string? Difference,
    bool IsFirst,
    IReadOnlyList<string> SharedWith
)
{
    internal static PriceProposalBody Of(PriceProposalView view) =>
        new(
            view.Proposal.Vendor,
            view.Proposal.Id,
            view.Proposal.Price,
            view.Proposal.Model,
            view.Proposal.Sheet,
            view.Proposal.From,
            view.Proposal.Until,
            view.Proposal.Reason,
            view.Proposal.By,
            view.Proposal.At,
            view.State,
            view.Effect,
            view.Proposal.Version,
            view.Proposal.DecidedAt,
            view.Proposal.DecidedBy,
            view.Proposal.Answer,
            view.Difference,
            view.IsFirst,
            view.SharedWith
        );
}
