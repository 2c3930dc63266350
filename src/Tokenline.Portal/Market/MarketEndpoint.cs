using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Market;
using Tokenline.Commerce.Routing;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Market;

/// <summary>The market as JSON, for everybody: the same question as the page's, and the same figures. What is not known is null.</summary>
internal static class MarketEndpoint
{
    public static void Map(IEndpointRouteBuilder routes, PortalEdge edge) =>
        routes.MapGet("/market.json", edge.Around(WriteAsync)).ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext context)
    {
        var asked = context.Request.Query;
        var query = MarketQuery.Read(asked["q"], asked["vendor"], asked["class"], asked["ability"], asked["sort"]);
        var board = context.RequestServices.GetRequiredService<MarketBoard>();
        var view = await board.ReadAsync(context.RequestAborted);
        var body = new
        {
            currency = view.Currency.Code,
            measuredFrom = view.From,
            measuredTo = view.To,
            items = query.Of(view.Entries).Select(Item).ToList(),
        };
        await Results.Json(body, NullsToo).ExecuteAsync(context);
    }

    private static readonly System.Text.Json.JsonSerializerOptions NullsToo = new(System.Text.Json.JsonSerializerDefaults.Web);

    private static object Item(MarketEntry entry) =>
        new
        {
            model = entry.Model.Id,
            name = entry.Model.Name,
            vendor = entry.Model.OwnedBy,
            contextTokens = entry.Model.ContextTokens,
            outputTokensMax = entry.Model.OutputTokensMax,
            @class = entry.Model.Profile.Class,
            abilities = entry.Model.Profile.Abilities.Select(ModelAbilities.NameOf),
            inputPerMillion = entry.Input,
            outputPerMillion = entry.Output,
            blendedPerMillion = entry.Blended,
            quality = entry.Quality,
            qualitySource = entry.Model.Profile.Quality?.Source,
            firstTokenMilliseconds = entry.Measured?.FirstTokens.Percentile(50),
            firstTokenMilliseconds95 = entry.Measured?.FirstTokens.Percentile(95),
            tokensPerSecond = entry.Measured?.TokensPerSecond,
            availability = entry.Measured?.Availability,
            tried = entry.Measured?.Tried ?? 0,
            joulesPerOutputToken = entry.JoulesPerToken,
            isEnergyOfCalls = entry.IsEnergyOfCalls,
            energySource = entry.Model.Profile.Energy?.Source,
            qualityPerPrice = entry.QualityPerPrice,
            qualityPerJoule = entry.QualityPerJoule,
        };
}
