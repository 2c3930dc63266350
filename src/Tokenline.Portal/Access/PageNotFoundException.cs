namespace Tokenline.Portal.Access;

/// <summary>The page's address names something that is not there, or is not the visitor's: both look the same. <see cref="PortalEdge"/> answers with 404.</summary>
internal sealed class PageNotFoundException : Exception;
