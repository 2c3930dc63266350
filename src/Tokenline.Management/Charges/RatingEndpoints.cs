using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

/// <summary>What a call would cost, before anybody makes it.</summary>
internal static class RatingEndpoints
{
    /// <summary>More of one meter than any call has; so that no product of a rate and a count overflows.</summary>
    private const long CountMax = 1_000_000_000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapPost("/ratings", RateAsync)
            .Takes<NewRatingBody>()
            .Produces<RatingBody>()
            .Documented(
                "Charges",
                "Rate a hypothetical call",
                "What this usage of this model costs at that time, in money and in every quota unit that may pay, meter by meter. By the same rules as a real charge; nothing is held or charged.",
                Problems.InvalidRequest,
                Problems.ModelNotFound
            );

    private static async Task<IResult> RateAsync(HttpContext http, ITariffs tariffs, TimeProvider time)
    {
        var read = await Body.ReadAsync<NewRatingBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (string.IsNullOrEmpty(body.Model))
            return ApiResult.Problem(Refused.Invalid("model", "A Model ID is expected."));
        if (ReadUsage(body.Usage, out var usage) is { } unusable)
            return ApiResult.Problem(unusable);
        var at = body.At ?? time.GetUtcNow();
        return tariffs.Current.Find(body.Model, at) is { } tariff
            ? TypedResults.Ok(
                RatingBody.Of(
                    tariff,
                    at,
                    Rating.Of(usage, tariff, tariff.Context(at, CallTraits.Plain, 0), [.. tariff.Weights.Select(weight => weight.Unit)])
                )
            )
            : ApiResult.Problem(Problems.ModelNotFound, $"The model '{body.Model}' has no price at {at:O}.", "model");
    }

    /// <summary>Null: read. Otherwise what is wrong with it.</summary>
    private static Refused? ReadUsage(IReadOnlyDictionary<string, long>? counts, out Usage usage)
    {
        usage = default;
        if (counts is null || counts.Count == 0)
            return Refused.Invalid("usage", $"Usage is an object of meters and counts. Meters: {Meters()}.");
        foreach (var (name, count) in counts)
        {
            if (!MeterNames.TryParse(name, out var meter))
                return Refused.Invalid($"usage.{name}", $"'{name}' is not a meter. Meters: {Meters()}.");
            if (count is < 0 or > CountMax)
                return Refused.Invalid($"usage.{name}", $"A count is from 0 to {CountMax}.");
            usage[meter] = count;
        }
        return usage[Meter.Reasoning] > usage[Meter.Output]
            ? Refused.Invalid("usage.reasoning", "Reasoning is a part of output and cannot be more than it.")
            : null;
    }

    private static string Meters() => string.Join(", ", Enum.GetValues<Meter>().Select(MeterNames.Of));
}
