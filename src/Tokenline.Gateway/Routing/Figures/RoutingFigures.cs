using System.Collections.Frozen;
using System.Globalization;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Anthropic;
using Tokenline.Gateway.Protocols.Gemini;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Routing.Choice;
using Tokenline.Gateway.Routing.Health;

namespace Tokenline.Gateway.Routing.Figures;

/// <summary>The routing of this process for the eyes of its operator: figures of deployments, and why a call would go where it goes.</summary>
public sealed class RoutingFigures
{
    private static readonly FrozenDictionary<string, ClientProtocol> protocols = new Dictionary<string, ClientProtocol>
    {
        ["chat"] = ChatProtocol.Instance,
        ["responses"] = ResponsesProtocol.Instance,
        ["messages"] = MessagesProtocol.Instance,
        ["gemini"] = GeminiProtocol.Whole,
    }.ToFrozenDictionary();

    private readonly IModelCatalogSource catalog;
    private readonly Routes routes;
    private readonly RoutingClock clock;
    private readonly CommerceOptions options;

    private readonly ITariffs tariffs;
    private readonly SubstitutionHolder substitutions;

    internal RoutingFigures(
        IModelCatalogSource catalog,
        ITariffs tariffs,
        SubstitutionHolder substitutions,
        Routes routes,
        RoutingClock clock,
        CommerceOptions options
    ) =>
        (this.catalog, this.tariffs, this.substitutions, this.routes, this.clock, this.options) = (
            catalog,
            tariffs,
            substitutions,
            routes,
            clock,
            options
        );

    /// <summary>The protocols that <see cref="Explain"/> knows by name.</summary>
    public static IEnumerable<string> Protocols => protocols.Keys.Order(StringComparer.Ordinal);

    /// <param name="model">Null: of all models.</param>
    public IReadOnlyList<DeploymentFigures> Deployments(string? model = null) =>
        [
            .. catalog
                .Current.Models.Where(known => model is null || known.Id == model)
                .OrderBy(known => known.Id, StringComparer.Ordinal)
                .SelectMany(known => routes.Of(known).Seats.Select(seat => Of(known, seat))),
        ];

    /// <param name="model">Null: all models.</param>
    public IReadOnlyList<ModelFigures> Models(string? model = null) =>
        [
            .. catalog
                .Current.Models.Where(known => model is null || known.Id == model)
                .OrderBy(known => known.Id, StringComparer.Ordinal)
                .Select(Of),
        ];

    private ModelFigures Of(Model model)
    {
        var (now, at) = (clock.Now, clock.At);
        var route = routes.Of(model);
        var (recent, day) = (new FigureSum(), new FigureSum());
        foreach (var seat in route.Seats)
        {
            var sums = seat.Live.Sums(now);
            recent.Add(sums.Recent);
            day.Add(sums.Day);
        }
        return new ModelFigures(
            model.Id,
            model.Profile.Class,
            route.Seats.Length,
            route.Seats.Count(seat => HealthOf(seat, now).Health is "healthy" or "half-open" or "ejected"),
            Of(recent),
            Of(day),
            PriceOf(route.Retail.QuoteAt(at)),
            EnergyOf(model.Profile),
            QualityOf(model.Profile)
        );
    }

    /// <summary>Which deployment a call would go to at this moment, and why; null: there is no such model.</summary>
    /// <param name="protocol">One of <see cref="Protocols"/>.</param>
    /// <param name="instead">As if this were the model's rule; null: its own.</param>
    public RouteExplanation? Explain(
        string model,
        string protocol,
        bool stream,
        long inputTokens,
        long outputTokens,
        RoutingRule? instead = null
    )
    {
        if (!protocols.TryGetValue(protocol, out var client))
            return null;
        var call = new RoutingCall(client, clock.Now, clock.At, inputTokens, outputTokens, stream, 0);
        if (catalog.Current.Find(model) is not { } known)
            return VirtualModel.Find(model) is { } wish ? Explain(wish, call) : null;
        var route = routes.Of(instead is null ? known : known with { Routing = instead });
        var seats = Router.Explain(route, call);
        return new RouteExplanation(
            known.Id,
            route.Policy.Name,
            route.Policy.Unit,
            known.WithdrawnAt,
            seats.All(seat => seat.Share <= 0) ? Router.WhyNone(route, call, default).Words : null,
            [
                .. seats
                    .OrderByDescending(seat => seat.Share)
                    .ThenBy(seat => double.IsNaN(seat.Score) ? double.MaxValue : seat.Score)
                    .Select(seat => new ExplainedDeployment(
                        seat.Seat.Deployment.Id,
                        seat.Seat.Deployment.Vendor,
                        Math.Round(seat.Share, 1),
                        seat.Verdict == SeatVerdict.Fits,
                        seat.Verdict == SeatVerdict.Fits ? null : seat.WhyNot(call.Now),
                        Number(seat.Score),
                        seat.Seat.Deployment.Priority,
                        seat.Seat.Weight,
                        seat.Seat.CanaryPercent,
                        Money(seat.Seat.Cost(call)),
                        Number(seat.Seat.Expected(call)),
                        Number(seat.Seat.Quality),
                        Number(seat.Seat.Joules),
                        seat.Seat.Live.Running
                    )),
            ],
            [],
            [.. substitutions.Current.All.Where(rule => rule.Model == known.Id).Select(rule => InWords(rule, known, call))]
        );
    }

    /// <summary>The models that it would choose among for a call without images, tools and the like.</summary>
    private RouteExplanation Explain(VirtualModel wish, in RoutingCall call)
    {
        var models = new List<ExplainedModel>();
        foreach (var model in catalog.Current.Models)
        {
            if (model.Kind != ModelKind.Chat || model.WithdrawnAt <= call.At || tariffs.Current.Find(model.Id, call.At) is null)
                continue;
            var route = routes.Of(model);
            var cost = route.Retail.Of(call);
            var (quality, joules) = (
                (double?)model.Profile.Quality?.Score ?? double.NaN,
                (double?)model.Profile.Energy?.JoulesPerOutputToken ?? double.NaN
            );
            models.Add(
                new(
                    model.Id,
                    Router.CanServe(route, call) && call.InputTokens + call.OutputTokens <= model.ContextTokens,
                    Number(wish.Score(cost, quality, joules)),
                    Money(cost),
                    Number(quality),
                    Number(joules)
                )
            );
        }
        models =
        [
            .. models
                .OrderByDescending(model => model.CanServe)
                .ThenBy(model => model.Score ?? double.MaxValue)
                .ThenBy(model => model.Price),
        ];
        return new RouteExplanation(
            wish.Id,
            wish.Goal.ToString().ToLowerInvariant(),
            wish.Goal == ChoiceGoal.Balance ? "10 points of quality for each doubling of the price" : "the lowest is best",
            null,
            models.Exists(model => model.CanServe) ? null : "no model can serve",
            [],
            models,
            []
        );
    }

    private string InWords(Substitution rule, Model model, in RoutingCall call)
    {
        var conditions = new List<string>();
        if (rule.InputPriceAbove is { } input)
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"input costs more than {input}"));
        if (rule.OutputPriceAbove is { } output)
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"output costs more than {output}"));
        if (rule.WhenDown)
            conditions.Add("it is down");
        if (rule.WhenWithdrawn)
            conditions.Add("it is withdrawn");
        var whose = rule.Account is { } account ? $"for {account}: " : "";
        var least = rule.QualityMin is { } quality ? string.Create(CultureInfo.InvariantCulture, $", of quality {quality} or more") : "";
        var now = ModelChoice.Reason(model, rule, routes.Of(model), call) is { } reason ? $" (holds now: {reason})" : "";
        return $"{whose}{rule.Use ?? $"the cheapest of class {model.Profile.Class}"} if {string.Join(" or ", conditions)}{least}{now}";
    }

    private DeploymentFigures Of(Model model, Seat seat)
    {
        var (now, at) = (clock.Now, clock.At);
        var live = seat.Live;
        var (recent, day) = live.Sums(now);
        var (health, why, until) = HealthOf(seat, now);
        return new DeploymentFigures(
            seat.Deployment.Id,
            model.Id,
            seat.Deployment.Vendor,
            health,
            why,
            until is { } end ? clock.Of(end) : null,
            live.Running,
            Of(recent),
            Of(day),
            PriceOf(seat.QuoteAt(at)),
            EnergyOf(seat.Deployment.Profile),
            QualityOf(seat.Deployment.Profile),
            seat.Patience(stream: true),
            new(live.RequestsPerMinuteLearnt, live.TokensPerMinuteLearnt)
        );
    }

    private PriceFigure? PriceOf(PriceQuote? price) =>
        price is null ? null : new(price.InputPerMillion, price.OutputPerMillion, options.Currency.ToString());

    private static JoulesFigure? EnergyOf(ModelProfile profile) =>
        profile.Energy is { } energy ? new(energy.JoulesPerOutputToken, energy.IsMeasured, energy.Source) : null;

    private static QualityFigure? QualityOf(ModelProfile profile) =>
        profile.Quality is { } quality ? new(quality.Score, quality.Source) : null;

    private static (string Health, string? Why, long? Until) HealthOf(Seat seat, long now)
    {
        var live = seat.Live;
        if (seat.IsDraining)
            return ("draining", "the operator drains it", null);
        switch (live.Circuit.StateAt(now))
        {
            case CircuitState.Open:
                return ("open", live.Circuit.Reason, live.Circuit.OpenUntil);
            case CircuitState.HalfOpen:
                return ("half-open", live.Circuit.Reason, null);
        }
        if (live.RestsUntil > now)
            return ("resting", "at its vendor's limit", live.RestsUntil);
        return live.EjectedUntil > now ? ("ejected", live.EjectedBecause, live.EjectedUntil) : ("healthy", null, null);
    }

    private static WindowFigures Of(FigureSum sum) =>
        new(
            sum.Tried,
            sum.Served,
            Rounded(sum.Availability, 4),
            Enum.GetValues<CallOutcome>()
                .Where(outcome => outcome is not (CallOutcome.Served or CallOutcome.NotItsFault) && sum.Of(outcome) > 0)
                .ToDictionary(NameOf, sum.Of),
            Rounded(sum.FirstByteMilliseconds(50), 0),
            Rounded(sum.FirstByteMilliseconds(99), 0),
            Rounded(sum.TokensPerSecond, 1)
        );

    internal static string NameOf(CallOutcome outcome) =>
        outcome switch
        {
            CallOutcome.ConnectFailed => "connect",
            CallOutcome.TimedOut => "timeout",
            CallOutcome.VendorError => "error",
            CallOutcome.Limited => "limited",
            CallOutcome.Refused => "refused",
            _ => "broken",
        };

    private static double? Rounded(double? value, int digits) => value is { } known ? Math.Round(known, digits) : null;

    private static double? Number(double value) => double.IsNaN(value) ? null : value;

    /// <summary>An estimate, to compare: in units of the operator's currency, to nine digits.</summary>
    private static decimal? Money(double value) => double.IsNaN(value) ? null : Math.Round((decimal)value, 9);
}

/// <param name="Unit">What the scores count.</param>
/// <param name="WhyNone">Why no deployment can serve; null: one can.</param>
/// <param name="Models">Of a virtual model: those it chooses among, the best first.</param>
/// <param name="StandIns">Rules by which others serve its calls, and whether one holds now.</param>
public sealed record RouteExplanation(
    string Model,
    string Policy,
    string Unit,
    DateTimeOffset? WithdrawnAt,
    string? WhyNone,
    IReadOnlyList<ExplainedDeployment> Deployments,
    IReadOnlyList<ExplainedModel> Models,
    IReadOnlyList<string> StandIns
);

/// <summary>A model that a virtual one may come to.</summary>
/// <param name="Price">What a customer is charged for the call, in the operator's currency.</param>
public sealed record ExplainedModel(
    string Model,
    bool CanServe,
    double? Score,
    decimal? Price,
    double? Quality,
    double? JoulesPerOutputToken
);

/// <param name="Share">In percent of such calls at this moment.</param>
/// <param name="Score">By the policy, the lowest is best; null: not known.</param>
/// <param name="Cost">What the operator owes for the call, in its own currency; null: there is no contract.</param>
/// <param name="ExpectedMilliseconds">Until such a call is answered whole; null: not measured yet.</param>
public sealed record ExplainedDeployment(
    string Deployment,
    string Vendor,
    double Share,
    bool CanServe,
    string? WhyNot,
    double? Score,
    int Priority,
    int Weight,
    int? CanaryPercent,
    decimal? Cost,
    double? ExpectedMilliseconds,
    double? Quality,
    double? JoulesPerOutputToken,
    int Running
);
