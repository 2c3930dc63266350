using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Endpoints;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Unary;
using Tokenline.Gateway.Routing.Sticky;
using Tokenline.Gateway.Tokens;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Routing.Choice;

/// <summary>
/// Which model serves a call: the one that it names, one that stands in for that by a rule, or the one that a virtual model comes to. Then the deployment that it
/// is held for. The bill is always the tariff of the model that serves.
/// </summary>
internal sealed class ModelChoice(
    IModelCatalogSource catalog,
    ITariffs tariffs,
    SubstitutionHolder substitutions,
    Routes routes,
    Router router,
    RoutingClock clock
)
{
    /// <summary>Models whose vendors are tried for one call at the most.</summary>
    private const int DownMax = 3;

    /// <summary>Models that are looked at for one call at the most; that an account may not pay for one costs no vendor anything.</summary>
    private const int ModelsMax = 64;

    /// <summary>Null: the call has its model, tariff, route and first deployment.</summary>
    public Rejection? Choose(Call call, DateTimeOffset now)
    {
        var id = call.Client.ModelOf(call);
        call.AskedModel = id;
        if (catalog.Current.Find(id) is not { } model)
        {
            if (VirtualModel.Find(id) is not { } wish)
                return NotFound(id);
            call.Wish = wish.For(Prefers(call));
            return ChooseForWish(call, call.Wish, now);
        }
        if (substitutions.Current.Any && Substitute(call, model, now) is { } standIn)
            return Take(call, standIn, now);
        if (model.WithdrawnAt <= now)
            return new(Problems.ModelNotFound, $"The model '{id}' was withdrawn at {model.WithdrawnAt:O}.", Param: "model");
        return WhyNot(call, model, now) ?? Take(call, model, now);
    }

    /// <summary>The model could not serve, or may not be paid with: another one that the call allows. Its hold must have been released.</summary>
    public bool TryAnother(Call call, bool isDown, DateTimeOffset now)
    {
        call.TriedModels.Add(call.Model.Id);
        if (call.TriedModels.Count >= ModelsMax || isDown && ++call.ModelsDown >= DownMax)
            return false;
        if (call.Wish is { } wish)
            return ChooseForWish(call, wish, now) is null;
        if (!isDown || !substitutions.Current.Any)
            return false;
        foreach (var rule in substitutions.Current.Find(call.Key.Account, call.Model.Id))
        {
            if (rule.WhenDown && StandIn(call, call.Model, rule, now) is { } standIn)
            {
                Tell(call, "down");
                return Take(call, standIn, now) is null;
            }
        }
        return false;
    }

    /// <summary>Null: this model could serve the call, as far as its key, its kind and its price go.</summary>
    private Rejection? WhyNot(Call call, Model model, DateTimeOffset now)
    {
        var (id, kind) = (model.Id, (call.Client as UnaryProtocol)?.ModelKind ?? ModelKind.Chat);
        if (model.Kind != kind)
            return new(
                Problems.InvalidRequest,
                $"The model '{id}' is not called so, but by {ModelsEndpoint.PathOf(model.Kind)}.",
                Param: "model"
            );
        if (call.Key.Models is { } allowed && !allowed.Contains(id))
            return new(Problems.ModelNotAllowed, $"This key may not use the model '{id}'.", Param: "model");
        if (tariffs.Current.Find(id, now) is not { } tariff)
            return new(Problems.ModelNotFound, $"The model '{id}' is not for sale now: it has no price.", Param: "model");
        if (call.Line is not null && !tariff.Offers(call.Request.Service))
            return new(Problems.BatchNotOffered, $"The model '{id}' has no price for batches. Call it directly.", Param: "model");
        if (!tariff.Offers(call.Request.Service))
            return new(
                Problems.InvalidRequest,
                $"The model '{id}' is not sold with the service tier '{ServiceTiers.NameOf(call.Request.Service)}'.",
                Param: "service_tier"
            );
        var seats = routes.Of(model).Seats;
        foreach (var seat in seats)
        {
            if (seat.ApiFor(call.Client) is not null)
                return null;
        }
        return seats.IsEmpty
            ? new(Problems.UpstreamUnavailable, $"No deployment serves '{id}' now.", Param: "model")
            : new(Problems.InvalidRequest, $"The model '{id}' cannot be called in this protocol.", Param: "model");
    }

    /// <summary>The call goes to this model, and first to the deployment that is chosen now.</summary>
    private Rejection? Take(Call call, Model model, DateTimeOffset now)
    {
        call.Model = model;
        call.Tariff = tariffs.Current.Find(model.Id, now)!;
        call.Unary = (call.Client as UnaryProtocol)?.Bound(call);
        call.Route = routes.Of(model).For(Prefers(call));
        call.RouteState = default;
        var facts = FactsOf(call, model, now);
        call.Routing = facts with { Conversation = call.Route.Policy is Policies.Sticky ? ConversationOf.Call(call) : 0 };
        RequestRefusal? unfit = null;
        while (router.Take(call.Route, call.Routing, facts.InputTokens + facts.OutputTokens, ref call.RouteState, out var load) is { } seat)
        {
            call.First = (seat, load);
            call.Deployment = seat.Deployment;
            if (WhatIsRefused(call, seat) is not { } refused)
                return null;
            unfit ??= refused;
            call.LeaveFirst();
        }
        if (unfit is not null)
            return new(Problems.InvalidRequest, unfit.Message, unfit.Param);
        var (words, retryAfter) = Router.WhyNone(call.Route, call.Routing, call.RouteState);
        return new(
            Problems.UpstreamUnavailable,
            $"No deployment of {model.Id} can serve now: {words}.",
            RetryAfterSeconds: (int)Math.Max(1, (retryAfter + 999) / 1000)
        );
    }

    private static CallPreference Prefers(Call call) => call.Key.Terms?.Prefers ?? CallPreference.Operators;

    /// <summary>A field that the vendor is known to refuse, where its body would pass as it is; a translation says so itself.</summary>
    private static RequestRefusal? WhatIsRefused(Call call, Seat seat) =>
        seat.ApiFor(call.Client) is { } api && UpstreamTarget.ProtocolOf(api) == call.Client.Kind
            ? call.Client.RefusedBy(call, seat.Deployment)
            : null;

    private RoutingCall FactsOf(Call call, Model model, DateTimeOffset now)
    {
        ref readonly var request = ref call.Request;
        var (input, output) = call.Unary is { } unary
            ? (unary.Input, unary.Output)
            : (
                TokenEstimate.OfPrompt(request, model.ImageTokensMax),
                Math.Min(request.OutputLimit ?? TokenEstimate.ModestAnswer, model.OutputTokensMax) * (long)request.Choices
            );
        return new RoutingCall(call.Client, clock.Now, now, input, output, request.Stream, 0);
    }

    /// <summary>The best that can be taken: one whose deployments are full at this moment, or refuse a field of the call, is passed over.</summary>
    private Rejection? ChooseForWish(Call call, VirtualModel wish, DateTimeOffset now)
    {
        Rejection? last = null;
        while (call.TriedModels.Count < ModelsMax && BestFor(call, wish, now) is { } best)
        {
            last = Take(call, best, now);
            if (last is null)
                return null;
            call.TriedModels.Add(best.Id);
        }
        return last ?? NoneFor(call, wish, now);
    }

    private Model? BestFor(Call call, VirtualModel wish, DateTimeOffset now)
    {
        var (best, bestScore, bestCost) = ((Model?)null, double.NaN, double.NaN);
        foreach (var model in catalog.Current.Models)
        {
            if (!Suits(call, model, now))
                continue;
            var facts = FactsOf(call, model, now);
            var route = routes.Of(model);
            if (!Router.CanServe(route, facts))
                continue;
            var cost = route.Retail.Of(facts);
            var score = wish.Score(cost, Known(model.Profile.Quality?.Score), Known(model.Profile.Energy?.JoulesPerOutputToken));
            if (best is null || IsBetter(score, bestScore) || score.Equals(bestScore) && cost < bestCost)
                (best, bestScore, bestCost) = (model, score, cost);
        }
        return best;
    }

    private static bool IsBetter(double score, double than) => double.IsNaN(than) ? !double.IsNaN(score) : score < than;

    private static double Known(decimal? figure) => (double?)figure ?? double.NaN;

    private bool Suits(Call call, Model model, DateTimeOffset now) =>
        !(model.WithdrawnAt <= now)
        && !call.TriedModels.Contains(model.Id)
        && WhyNot(call, model, now) is null
        && ModelNeeds.WhatIsMissing(call, model) is null;

    private Rejection NoneFor(Call call, VirtualModel wish, DateTimeOffset now)
    {
        var missing = catalog
            .Current.Models.Where(model => WhyNot(call, model, now) is null)
            .Select(model => ModelNeeds.WhatIsMissing(call, model))
            .OfType<string>()
            .Distinct()
            .ToList();
        return missing.Count > 0 && !catalog.Current.Models.Any(model => Suits(call, model, now))
            ? new(
                Problems.InvalidRequest,
                $"No model that this key may use has what the call needs ({string.Join(", ", missing)}), so '{wish.Id}' comes to none.",
                Param: "model"
            )
            : new(
                Problems.UpstreamUnavailable,
                $"No model that '{wish.Id}' could come to can be served now.",
                Param: "model",
                RetryAfterSeconds: 1
            );
    }

    /// <summary>The model that stands in for this one; null: none has to, or none can.</summary>
    private Model? Substitute(Call call, Model asked, DateTimeOffset now)
    {
        var model = asked;
        for (var steps = 0; steps < Substitutions.ChainMax; steps++)
        {
            if (StandIn(call, model, now) is not { } next || next == asked)
                break;
            model = next;
        }
        return model == asked ? null : model;
    }

    private Model? StandIn(Call call, Model model, DateTimeOffset now)
    {
        foreach (var rule in substitutions.Current.Find(call.Key.Account, model.Id))
        {
            if (
                Reason(model, rule, routes.Of(model), FactsOf(call, model, now)) is not { } reason
                || StandIn(call, model, rule, now) is not { } standIn
            )
                continue;
            Tell(call, reason);
            return standIn;
        }
        return null;
    }

    /// <summary>Which condition of the rule holds now; null: none.</summary>
    public static string? Reason(Model model, Substitution rule, ModelRoute route, in RoutingCall call)
    {
        if (model.WithdrawnAt <= call.At)
            return rule.WhenWithdrawn ? "withdrawn" : null;
        if (
            (rule.InputPriceAbove is not null || rule.OutputPriceAbove is not null)
            && route.Retail.QuoteAt(call.At) is { } price
            && (price.InputPerMillion > rule.InputPriceAbove || price.OutputPerMillion > rule.OutputPriceAbove)
        )
            return "price";
        return rule.WhenDown && !Router.CanServe(route, call) ? "down" : null;
    }

    /// <summary>The model that the rule names, or the cheapest of the class, if it can serve the call and is good enough.</summary>
    private Model? StandIn(Call call, Model model, Substitution rule, DateTimeOffset now)
    {
        if (rule.Use is { } named)
            return catalog.Current.Find(named) is { } use && IsGoodEnough(use) ? use : null;
        var (cheapest, least) = ((Model?)null, double.NaN);
        foreach (var other in catalog.Current.Models)
        {
            if (other.Profile.Class is null || other.Profile.Class != model.Profile.Class || !IsGoodEnough(other))
                continue;
            var cost = routes.Of(other).Retail.Of(FactsOf(call, other, now));
            if (cheapest is null || cost < least)
                (cheapest, least) = (other, cost);
        }
        return cheapest;

        bool IsGoodEnough(Model other) =>
            other.Id != model.Id
            && (rule.QualityMin is not { } least || other.Profile.Quality?.Score >= least)
            && Suits(call, other, now)
            && Router.CanServe(routes.Of(other), FactsOf(call, other, now));
    }

    private static void Tell(Call call, string reason)
    {
        if (!call.Context.Response.HasStarted)
            call.Context.Response.Headers["x-tokenline-substituted"] = $"{call.AskedModel}; reason={reason}";
    }

    private Rejection NotFound(string id)
    {
        var nearest = NearestModels.Of(id, catalog.Current.Models.Select(m => m.Id));
        return new(
            Problems.ModelNotFound,
            $"The model '{id}' does not exist. Nearest Model IDs: {string.Join(", ", nearest)}.",
            Param: "model"
        );
    }
}
