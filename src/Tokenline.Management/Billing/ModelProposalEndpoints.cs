using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Billing.Proposals;
using Tokenline.Commerce;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Api;
using Tokenline.Management.AuditTrail;

namespace Tokenline.Management.Billing;

/// <summary>Models that vendors want to list, and what the operator says to them. The audit log has the same entries as from the consoles.</summary>
internal static class ModelProposalEndpoints
{
    private const string Tag = "Model proposals";
    private const string One = "/model-proposals/{vendor}/{model}";
    private const string Operator = "operator";
    private static readonly string[] states = ["proposed", "withdrawn", "rejected", "approved"];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/model-proposals", ListAsync)
            .Produces<Listing<ModelProposalBody>>()
            .Documented(
                Tag,
                "List model proposals",
                $"Newest first; of a `vendor`, in a `state` ({string.Join(", ", states)}), or of both.",
                Problems.InvalidRequest
            );
        api.MapPost("/model-proposals", ProposeAsync)
            .Takes<NewModelProposalBody>()
            .Produces<ModelProposalBody>()
            .AuditedInside()
            .Documented(
                Tag,
                "Propose a model, in a vendor's name",
                "With the operator's yes the vendor serves it. A model that is for sale already keeps its name, its size and its price: only the Model ID, `upstreamModel` and `reason` are read. After a rejection another proposal takes its place. With `dryRun` it is checked and not kept.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict
            );
        api.MapGet(One, ShowAsync)
            .Produces<ModelProposalBody>()
            .Documented(
                Tag,
                "Show a model proposal",
                "With the price sheet that the vendor asks for. A slash in a Model ID is written %2F.",
                Problems.NotFound
            );
        api.MapPost($"{One}/withdraw", WithdrawAsync)
            .Takes<ModelAnswerBody>()
            .Produces<ModelProposalBody>()
            .AuditedInside()
            .Documented(
                Tag,
                "Take a model proposal back, in the vendor's name",
                "Until it is decided.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
        api.MapPost($"{One}/approve", ApproveAsync)
            .Takes<ModelApprovalBody>()
            .Produces<ModelProposalBody>()
            .AuditedInside()
            .Documented(
                Tag,
                "Approve a model proposal",
                "The model can be called at once. `price` is what customers are charged; left out, it is as the vendor asked for it, with weights in general tokens as the shipped catalogue weighs. The vendor reads the reason. Approved again it answers the same.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
        api.MapPost($"{One}/reject", RejectAsync)
            .Takes<ModelAnswerBody>()
            .Produces<ModelProposalBody>()
            .AuditedInside()
            .Documented(
                Tag,
                "Reject a model proposal",
                "With the reason, which the vendor reads.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
    }

    private static async Task<IResult> ListAsync(string? vendor, string? state, ModelProposals proposals, CancellationToken cancellation)
    {
        ProposalState? wanted = Array.IndexOf(states, state) is var index and >= 0 ? (ProposalState)(index + 1) : null;
        return state is not null && wanted is null
            ? ApiResult.Problem(Refused.Invalid("state", $"'{state}' is not a state of a proposal: {string.Join(", ", states)} are."))
            : TypedResults.Ok(
                new Listing<ModelProposalBody>([.. (await proposals.ListAsync(vendor, wanted, cancellation)).Select(ModelProposalBody.Of)])
            );
    }

    private static async Task<IResult> ProposeAsync(HttpContext http, ModelProposals proposals, AuditLog audit, TimeProvider time)
    {
        var read = await Body.ReadAsync<NewModelProposalBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        if (string.IsNullOrEmpty(body.Vendor))
            return ApiResult.Problem(Refused.Invalid("vendor", "A vendor's id is expected."));
        if (string.IsNullOrEmpty(body.Model))
            return ApiResult.Problem(Refused.Invalid("model", "A Model ID is expected."));
        if (!Enum.IsDefined(body.Kind))
            return ApiResult.Problem(Refused.Invalid("kind", "chat, embedding, rerank, image, speech or transcription is expected."));
        var reason = AuditMarks.NeededReason(http, body.Reason);
        if (reason.Value is not { } why)
            return ApiResult.Problem(reason.Refused!);
        var asked = new ModelProposal(
            body.Vendor,
            body.Model,
            body.Name ?? body.Model,
            body.Kind,
            body.UpstreamModel ?? body.Model,
            body.ContextTokens ?? 0,
            body.OutputTokensMax ?? 0,
            body.Price,
            why,
            body.Vendor,
            time.GetUtcNow()
        );
        var fitting = await proposals.CheckAsync(asked, http.RequestAborted);
        if (body.DryRun || fitting.Value is not { } proposal)
            return Answer(fitting);
        var entry = Entry(http, "model.propose", proposal, why) with
        {
            After = AuditJson.Of(
                new
                {
                    proposal.Model,
                    proposal.Name,
                    proposal.Upstream,
                    proposal.Sheet,
                }
            ),
        };
        return Answer(
            await audit.AroundAsync(entry, () => proposals.ProposeAsync(proposal, http.RequestAborted), done => new { done.State })
        );
    }

    private static async Task<IResult> ShowAsync(string vendor, string model, ModelProposals proposals, CancellationToken cancellation) =>
        Answer(await proposals.FindAsync(vendor, ModelId(model), cancellation));

    private static Task<IResult> WithdrawAsync(HttpContext http, string vendor, string model, ModelProposals proposals, AuditLog audit) =>
        CloseAsync(
            http,
            "model.withdraw",
            vendor,
            model,
            proposals,
            audit,
            (known, _) => proposals.WithdrawAsync(known.Vendor, known.Model, known.Vendor, http.RequestAborted)
        );

    private static Task<IResult> RejectAsync(HttpContext http, string vendor, string model, ModelProposals proposals, AuditLog audit) =>
        CloseAsync(
            http,
            "model.refuse",
            vendor,
            model,
            proposals,
            audit,
            (known, why) => proposals.RejectAsync(known.Vendor, known.Model, Operator, why, http.RequestAborted)
        );

    /// <summary>Ends a proposal without a model, for the reason in the body.</summary>
    private static async Task<IResult> CloseAsync(
        HttpContext http,
        string action,
        string vendor,
        string model,
        ModelProposals proposals,
        AuditLog audit,
        Func<ModelProposal, string, Task<Outcome<ModelProposal>>> close
    )
    {
        var read = await Body.ReadAsync<ModelAnswerBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        var reason = AuditMarks.NeededReason(http, body.Reason);
        if (reason.Value is not { } why)
            return ApiResult.Problem(reason.Refused!);
        var found = await proposals.FindAsync(vendor, ModelId(model), http.RequestAborted);
        if (found.Value is not { } known)
            return Answer(found);
        var entry = Entry(http, action, known, why) with { Before = AuditJson.Of(new { known.State }) };
        return Answer(await audit.AroundAsync(entry, () => close(known, why), done => new { done.State, done.Answer }));
    }

    private static async Task<IResult> ApproveAsync(HttpContext http, string vendor, string model, ModelProposals proposals, AuditLog audit)
    {
        var read = await Body.ReadAsync<ModelApprovalBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        var reason = AuditMarks.NeededReason(http, body.Reason);
        if (reason.Value is not { } why)
            return ApiResult.Problem(reason.Refused!);
        var found = await proposals.FindAsync(vendor, ModelId(model), http.RequestAborted);
        if (found.Value is not { } known)
            return Answer(found);
        var entry = Entry(http, "model.approve", known, why) with
        {
            Before = AuditJson.Of(new { known.State }),
            After = AuditJson.Of(
                new
                {
                    known.Model,
                    known.Upstream,
                    Sheet = body.Price,
                }
            ),
        };
        return Answer(
            await audit.AroundAsync(
                entry,
                () => proposals.ApproveAsync(known.Vendor, known.Model, Operator, body.Price, why, http.RequestAborted),
                done => new { done.State }
            )
        );
    }

    private static AuditDraft Entry(HttpContext http, string action, ModelProposal proposal, string why) =>
        new(AuditMarks.Acting(http), action, new AuditSubject("modelProposal", proposal.Id)) { Vendor = proposal.Vendor, Why = why };

    /// <summary>Routing leaves an escaped slash as it is, since it would otherwise be a new segment.</summary>
    private static string ModelId(string routed) => routed.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static IResult Answer(Outcome<ModelProposal> outcome) =>
        outcome.Value is { } proposal ? TypedResults.Ok(ModelProposalBody.Of(proposal)) : ApiResult.Problem(AsInTheBody(outcome.Refused!));

    /// <summary>The field at fault by its name in the body; what is not one of those is in the price sheet.</summary>
    private static Refused AsInTheBody(Refused refused) =>
        refused.Param is { } param && !fields.Contains(param)
            ? refused with
            {
                Param = param switch
                {
                    "id" => "model",
                    "upstream" => "upstreamModel",
                    "context" => "contextTokens",
                    "sheet" => "price",
                    _ => $"price.{param}",
                },
            }
            : refused;

    private static readonly FrozenSet<string> fields =
    [
        "vendor",
        "model",
        "name",
        "kind",
        "upstreamModel",
        "contextTokens",
        "outputTokensMax",
        "reason",
    ];
}

/// <param name="Model">The Model ID that customers would ask for.</param>
/// <param name="Name">What customers see; the Model ID unless told.</param>
/// <param name="Kind">chat (unless told), embedding, rerank, image, speech or transcription.</param>
/// <param name="UpstreamModel">The vendor's own name for it; the Model ID unless told.</param>
/// <param name="ContextTokens">Input and output together that the model accepts.</param>
/// <param name="OutputTokensMax">The most output of one choice.</param>
/// <param name="Price">The price sheet that the vendor asks for; of a model that is for sale already, it is not read.</param>
/// <param name="Reason">Why, for the operator: 3 to 200 characters.</param>
/// <param name="DryRun">Say whether it would be taken, and keep nothing.</param>
public sealed record NewModelProposalBody(
    string? Vendor,
    string? Model,
    string? Name = null,
    ModelKind Kind = ModelKind.Chat,
    string? UpstreamModel = null,
    long? ContextTokens = null,
    long? OutputTokensMax = null,
    PriceSheet? Price = null,
    string? Reason = null,
    bool DryRun = false
);

/// <param name="Reason">3 to 200 characters; the vendor reads it.</param>
/// <param name="Price">What customers are charged, with its weights; left out: as the vendor asked for it.</param>
public sealed record ModelApprovalBody(string? Reason, PriceSheet? Price = null);

/// <param name="Reason">3 to 200 characters.</param>
public sealed record ModelAnswerBody(string? Reason);

/// <param name="UpstreamModel">The vendor's own name for it.</param>
/// <param name="Price">What the vendor asks customers to be charged; absent: the model was for sale already.</param>
/// <param name="Reason">Of the vendor.</param>
/// <param name="State"><c>proposed</c>, <c>withdrawn</c>, <c>rejected</c> or <c>approved</c>.</param>
/// <param name="Answer">Why it was rejected, or what was said to an approval.</param>
public sealed record ModelProposalBody(
    string Vendor,
    string Model,
    string Name,
    ModelKind Kind,
    string UpstreamModel,
    long ContextTokens,
    long OutputTokensMax,
    PriceSheet? Price,
    string Reason,
    string By,
    DateTimeOffset CreatedAt,
    ProposalState State,
    DateTimeOffset? DecidedAt,
    string? DecidedBy,
    string? Answer
)
{
    internal static ModelProposalBody Of(ModelProposal proposal) =>
        new(
            proposal.Vendor,
            proposal.Model,
            proposal.Name,
            proposal.Kind,
            proposal.Upstream,
            proposal.ContextTokens,
            proposal.OutputTokensMax,
            proposal.Sheet,
            proposal.Reason,
            proposal.By,
            proposal.At,
            proposal.State,
            proposal.DecidedAt,
            proposal.DecidedBy,
            proposal.Answer
        );
}
