using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.WhatIf;
using Tokenline.Management.Api;

namespace Tokenline.Management.WhatIf;

/// <summary>Drafts tried on a past period. Nothing is charged or changed by it.</summary>
internal static class WhatIfEndpoints
{
    private const string Tag = "What-if";
    private const string TriedId = "tried"; // of a draft that was sent and has no id of its own

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/what-if", AskAsync)
            .Takes<NewWhatIfBody>()
            .Produces<WhatIfBody>(StatusCodes.Status202Accepted)
            .Documented(
                Tag,
                "Try a draft on a past period",
                "Makes the period's calls again under draft price sheets, or under a draft plan in the place of one that people held, by the charging engine itself, and compares with what was paid. It runs in the background: ask for it again by its id. Nothing is charged or changed.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.ModelNotFound,
                Problems.Conflict
            );
        api.MapGet("/what-if", ListAsync)
            .Produces<Listing<WhatIfBody>>()
            .Documented(
                Tag,
                "List drafts that were tried",
                $"The newest {WhatIfDesk.ListedMax}, newest first, without their reports. Of those that have ended the newest {WhatIfDesk.KeptMax} are kept, and every node shows them."
            );
        api.MapGet("/what-if/{id}", ShowAsync)
            .Produces<WhatIfBody>()
            .Documented(
                Tag,
                "Show what a draft came to",
                "How far it is while it runs, and its report when it is done.",
                Problems.NotFound
            );
        api.MapDelete("/what-if/{id}", CancelAsync)
            .Produces<WhatIfBody>()
            .Documented(Tag, "Stop trying a draft", "What has ended stays as it is.", Problems.NotFound);
    }

    private static async Task<IResult> AskAsync(HttpContext http, WhatIfDesk desk, Offerings offerings, ICatalogStore catalog)
    {
        var read = await Body.ReadAsync<NewWhatIfBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var body = read.Required();
        if (body.From is not { } from)
            return ApiResult.Problem(Refused.Invalid("from", "When does the period begin? Such as 2026-10-01T00:00:00+08:00."));
        if (body.To is not { } to)
            return ApiResult.Problem(Refused.Invalid("to", "When does the period end? Such as 2026-11-01T00:00:00+08:00."));
        if (body.Prices?.FirstOrDefault(price => price.Value is null) is { Key: { } empty })
            return ApiResult.Problem(Refused.Invalid($"prices.{empty}", "A price sheet is expected."));
        if (body is { Offering: not null, Draft: not null })
            return ApiResult.Problem(Refused.Invalid("draft", "Either a draft that is kept, or one that is sent."));
        ProductOffering? offering = null;
        if (body.Draft is { } id)
        {
            if (await catalog.FindOfferingListingAsync(id, http.RequestAborted) is not { } listing)
                return ApiResult.Problem(Refused.NotFound("offering", id) with { Param = "draft" });
            offering = listing.Draft ?? listing.Current;
        }
        else if (body.Offering is { } sheet)
        {
            var drafted = offerings.Read(body.InsteadOf ?? TriedId, sheet.ToSheet());
            if (drafted.Refused is { } refused)
                return ApiResult.Problem(refused with { Param = $"offering.{refused.Param}" });
            offering = drafted.Required();
        }
        var asked = await desk.AskAsync(
            new WhatIfRequest(
                from.ToUniversalTime(),
                to.ToUniversalTime(),
                body.Prices?.ToDictionary(price => price.Key, price => price.Value!),
                offering,
                body.InsteadOf,
                body.Sample
            )
            {
                Name = body.Name ?? offering?.Name ?? string.Join(", ", (body.Prices?.Keys ?? []).Take(5)),
            },
            http.RequestAborted
        );
        return asked.Value is { } run
            ? TypedResults.Accepted($"{ManagementApi.Root}/what-if/{run.Id}", WhatIfBody.Show(run, isWhole: true))
            : ApiResult.Problem(asked.Refused!);
    }

    private static async Task<Ok<Listing<WhatIfBody>>> ListAsync(WhatIfDesk desk, CancellationToken cancellation) =>
        TypedResults.Ok(
            new Listing<WhatIfBody>([.. (await desk.ListAsync(cancellation)).Select(run => WhatIfBody.Show(run, isWhole: false))])
        );

    private static async Task<IResult> ShowAsync(string id, WhatIfDesk desk, CancellationToken cancellation) =>
        await desk.FindAsync(id, cancellation) is { } run
            ? TypedResults.Ok(WhatIfBody.Show(run, isWhole: true))
            : ApiResult.Problem(Refused.NotFound("what-if", id));

    private static async Task<IResult> CancelAsync(string id, WhatIfDesk desk, CancellationToken cancellation) =>
        ApiResult.Of(await desk.CancelAsync(id, cancellation), run => WhatIfBody.Show(run, isWhole: true));
}
