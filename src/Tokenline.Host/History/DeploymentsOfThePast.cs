using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Quality;

namespace Tokenline.Host.History;

/// <summary>How good deployments were: each has its own speed and weaknesses, got better over the year, and had its bad days.</summary>
internal sealed class DeploymentsOfThePast(int seed)
{
    private readonly Dictionary<string, Character> characters = [];

    /// <param name="FirstToken">Milliseconds, half of the streams begin within.</param>
    /// <param name="Speed">Output tokens a second.</param>
    /// <param name="Failing">Of 1.</param>
    /// <param name="BadDay">Of 1, the whole history: around it, it fails often.</param>
    private sealed record Character(double FirstToken, double Speed, double Failing, double BadDay);

    /// <param name="at">Of 1, the whole history.</param>
    public AttemptOfThePast Try(Model model, Deployment deployment, double at, long output, bool stream, Random dice)
    {
        var (first, speed, failing, badDay) = Of(model, deployment);
        var better = 1 - (0.35 * at); // what is slow in the first month is faster in the last
        var isBad = Math.Abs(at - badDay) < 0.006;
        if (dice.NextDouble() < (isBad ? 0.25 : failing * better))
            return new(Failure(dice), null, (long)(200 + (dice.NextDouble() * 4000)));
        var began = (long)(first * better * (isBad ? 3 : 1) * Math.Exp(0.45 * Normal(dice)));
        var writing = (long)(output * 1000 / (speed / better * Math.Exp(0.2 * Normal(dice))));
        return new(AttemptEnding.Served, stream ? began : null, began + Math.Max(1, writing));
    }

    private Character Of(Model model, Deployment deployment)
    {
        if (characters.TryGetValue(deployment.Id, out var known))
            return known;
        // Of its name, so that a deployment that is tried earlier changes no other.
        var dice = new Random(unchecked(seed + deployment.Id.Aggregate(17, (sum, letter) => (sum * 31) + letter)));
        var (first, speed) = model.Profile.Class switch
        {
            "light" => (320.0, 140.0),
            "flagship" => (900.0, 55.0),
            _ => (560.0, 85.0),
        };
        var isResold = deployment.Vendor != model.OwnedBy;
        return characters[deployment.Id] = new(
            first * (0.7 + (0.7 * dice.NextDouble())) * (isResold ? 1.3 : 1),
            speed * (0.7 + (0.6 * dice.NextDouble())) * (isResold ? 0.85 : 1),
            (0.002 + (0.01 * dice.NextDouble())) * (isResold ? 2.5 : 1),
            0.05 + (0.9 * dice.NextDouble())
        );
    }

    private static AttemptEnding Failure(Random dice) =>
        dice.NextDouble() switch
        {
            < 0.45 => AttemptEnding.VendorError,
            < 0.65 => AttemptEnding.TimedOut,
            < 0.85 => AttemptEnding.Limited,
            < 0.95 => AttemptEnding.ConnectFailed,
            _ => AttemptEnding.Broken,
        };

    private static double Normal(Random dice) =>
        Math.Sqrt(-2 * Math.Log(1 - dice.NextDouble())) * Math.Cos(2 * Math.PI * dice.NextDouble());
}

/// <param name="FirstToken">Milliseconds until a stream began; null: it was none, or did not begin.</param>
/// <param name="Took">Milliseconds, all of it.</param>
internal sealed record AttemptOfThePast(AttemptEnding Ending, long? FirstToken, long Took)
{
    /// <summary>In the words of the gateway's records.</summary>
    public string Outcome =>
        Ending switch
        {
            AttemptEnding.VendorError => "status 500",
            AttemptEnding.Limited => "status 429",
            AttemptEnding.TimedOut => "timeout",
            AttemptEnding.ConnectFailed => "connect failed",
            AttemptEnding.Broken => "cut",
            _ => "answered",
        };
}
