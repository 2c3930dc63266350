namespace Tokenline.Gateway.Routing.Figures;

/// <summary>What this process has measured of a deployment, and what is known of it otherwise. Null is not known, and is never taken for nought.</summary>
/// <param name="Health"><c>healthy</c>, <c>open</c>, <c>half-open</c>, <c>resting</c>, <c>ejected</c> or <c>draining</c>.</param>
/// <param name="Why">Why it is not healthy.</param>
/// <param name="Until">Until when, where that is known.</param>
public sealed record DeploymentFigures(
    string Deployment,
    string Model,
    string Vendor,
    string Health,
    string? Why,
    DateTimeOffset? Until,
    int Running,
    WindowFigures FiveMinutes,
    WindowFigures Day,
    PriceFigure? Price,
    JoulesFigure? Energy,
    QualityFigure? Quality,
    long? FirstByteTimeoutMilliseconds,
    LearntLimits Limits
);

/// <summary>A model over all its deployments; an attempt that failed over counts as tried, whatever became of the call.</summary>
/// <param name="InService">Deployments that could take a call now.</param>
/// <param name="Price">What customers are charged now.</param>
public sealed record ModelFigures(
    string Model,
    string? Class,
    int Deployments,
    int InService,
    WindowFigures FiveMinutes,
    WindowFigures Day,
    PriceFigure? Price,
    JoulesFigure? Energy,
    QualityFigure? Quality
);

/// <param name="Availability">Of 1: calls served of those that were tried, limits (429) left out.</param>
/// <param name="Errors">By kind.</param>
/// <param name="FirstTokenMilliseconds">Until the answer began.</param>
/// <param name="TokensPerSecond">Of output in streams, after the first.</param>
public sealed record WindowFigures(
    int Tried,
    int Served,
    double? Availability,
    IReadOnlyDictionary<string, int> Errors,
    double? FirstTokenMilliseconds,
    double? FirstTokenMilliseconds99,
    double? TokensPerSecond
);

/// <summary>What the operator owes now, or its customers, in its own currency, for a million tokens of a small prompt and of its answer.</summary>
public sealed record PriceFigure(decimal InputPerMillion, decimal OutputPerMillion, string Currency);

/// <param name="IsMeasured">False: an estimate.</param>
public sealed record JoulesFigure(decimal JoulesPerOutputToken, bool IsMeasured, string Source);

public sealed record QualityFigure(decimal Score, string Source);

/// <summary>What the vendor's headers say of the operator's key.</summary>
public sealed record LearntLimits(long? RequestsPerMinute, long? TokensPerMinute);
