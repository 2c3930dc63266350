namespace Tokenline.Portal.Texts;

/// <summary>The operator's models, deployments, routing and vendors.</summary>
internal sealed partial class PortalTexts
{
    public string DeploymentsTitle => Say("Deployments", "部署");
    public string RoutesTitle => Say("Routing", "路由");
    public string VendorsTitle => Say("Vendors", "厂商");
}
