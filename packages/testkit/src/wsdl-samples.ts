/** WSDL documents in the styles of the tools that write them, for tests of SOAP translation. */

const SOAP_HTTP = 'http://schemas.xmlsoap.org/soap/http';

/** Document/literal wrapped with a port for each SOAP version, as ASP.NET writes it. */
export const DOTNET_WSDL = `<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"
  xmlns:tns="http://tempuri.org/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="http://tempuri.org/">
  <wsdl:types>
    <s:schema elementFormDefault="qualified" targetNamespace="http://tempuri.org/">
      <s:element name="GetQuotes"><s:complexType><s:sequence>
        <s:element minOccurs="0" maxOccurs="1" name="symbols" type="tns:ArrayOfString" />
        <s:element minOccurs="1" maxOccurs="1" name="at" type="s:dateTime" />
        <s:element minOccurs="1" maxOccurs="1" name="market" type="tns:Market" />
      </s:sequence></s:complexType></s:element>
      <s:complexType name="ArrayOfString"><s:sequence>
        <s:element minOccurs="0" maxOccurs="unbounded" name="string" nillable="true" type="s:string" />
      </s:sequence></s:complexType>
      <s:simpleType name="Market"><s:restriction base="s:string">
        <s:enumeration value="NYSE" /><s:enumeration value="XETRA" />
      </s:restriction></s:simpleType>
      <s:element name="GetQuotesResponse"><s:complexType><s:sequence>
        <s:element minOccurs="0" maxOccurs="1" name="GetQuotesResult" type="tns:ArrayOfQuote" />
      </s:sequence></s:complexType></s:element>
      <s:complexType name="ArrayOfQuote"><s:sequence>
        <s:element minOccurs="0" maxOccurs="unbounded" name="Quote" nillable="true" type="tns:Quote" />
      </s:sequence></s:complexType>
      <s:complexType name="Quote"><s:sequence>
        <s:element minOccurs="0" maxOccurs="1" name="Symbol" type="s:string" />
        <s:element minOccurs="1" maxOccurs="1" name="Price" nillable="true" type="s:decimal" />
        <s:element minOccurs="1" maxOccurs="1" name="Volume" type="s:long" />
        <s:element minOccurs="1" maxOccurs="1" name="Open" type="s:boolean" />
      </s:sequence></s:complexType>
      <s:element name="GetQuote"><s:complexType><s:sequence>
        <s:element minOccurs="1" maxOccurs="1" name="symbol" type="s:string" />
        <s:element minOccurs="0" maxOccurs="1" name="days" type="s:int" />
      </s:sequence></s:complexType></s:element>
      <s:element name="GetQuoteResponse"><s:complexType><s:sequence>
        <s:element minOccurs="0" maxOccurs="1" name="GetQuoteResult" type="tns:Quote" />
      </s:sequence></s:complexType></s:element>
    </s:schema>
  </wsdl:types>
  <wsdl:message name="GetQuotesSoapIn"><wsdl:part name="parameters" element="tns:GetQuotes" /></wsdl:message>
  <wsdl:message name="GetQuotesSoapOut"><wsdl:part name="parameters" element="tns:GetQuotesResponse" /></wsdl:message>
  <wsdl:message name="GetQuoteSoapIn"><wsdl:part name="parameters" element="tns:GetQuote" /></wsdl:message>
  <wsdl:message name="GetQuoteSoapOut"><wsdl:part name="parameters" element="tns:GetQuoteResponse" /></wsdl:message>
  <wsdl:portType name="QuotesSoap">
    <wsdl:operation name="GetQuotes">
      <wsdl:documentation>Prices of several stocks</wsdl:documentation>
      <wsdl:input message="tns:GetQuotesSoapIn" /><wsdl:output message="tns:GetQuotesSoapOut" />
    </wsdl:operation>
    <wsdl:operation name="GetQuote">
      <wsdl:input message="tns:GetQuoteSoapIn" /><wsdl:output message="tns:GetQuoteSoapOut" />
    </wsdl:operation>
  </wsdl:portType>
  ${['', '12']
    .map(
      (version) => `<wsdl:binding name="QuotesSoap${version}" type="tns:QuotesSoap">
    <soap${version}:binding transport="${SOAP_HTTP}" />
    ${['GetQuotes', 'GetQuote']
      .map(
        (name) => `<wsdl:operation name="${name}">
      <soap${version}:operation soapAction="http://tempuri.org/${name}" style="document" />
      <wsdl:input><soap${version}:body use="literal" /></wsdl:input>
      <wsdl:output><soap${version}:body use="literal" /></wsdl:output>
    </wsdl:operation>`,
      )
      .join('')}
  </wsdl:binding>`,
    )
    .join('')}
  <wsdl:service name="Quotes">
    <wsdl:port name="QuotesSoap" binding="tns:QuotesSoap"><soap:address location="http://internal.example/q.asmx" /></wsdl:port>
    <wsdl:port name="QuotesSoap12" binding="tns:QuotesSoap12"><soap12:address location="http://internal.example/q.asmx" /></wsdl:port>
  </wsdl:service>
</wsdl:definitions>`;

/** Document/literal over several schemas with unqualified local names, as JAX-WS writes it; most of XML Schema in use. */
export const JAVA_WSDL = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="http://shop.example/ws" xmlns:c="http://shop.example/common"
  targetNamespace="http://shop.example/ws" name="Shop">
  <types>
    <xs:schema targetNamespace="http://shop.example/common" elementFormDefault="qualified">
      <xs:complexType name="Money"><xs:simpleContent><xs:extension base="xs:decimal">
        <xs:attribute name="currency" type="xs:string" use="required"/>
      </xs:extension></xs:simpleContent></xs:complexType>
      <xs:element name="note" type="xs:string"/>
      <xs:attribute name="lang" type="xs:language"/>
    </xs:schema>
    <xs:schema targetNamespace="http://shop.example/ws" xmlns:tns="http://shop.example/ws">
      <xs:import namespace="http://shop.example/common"/>
      <xs:element name="placeOrder" type="tns:Order"/>
      <xs:element name="placeOrderResponse"><xs:complexType><xs:sequence>
        <xs:element name="order" type="tns:Order"/>
      </xs:sequence></xs:complexType></xs:element>
      <xs:complexType name="Order">
        <xs:sequence>
          <xs:element name="customer" type="tns:Party"/>
          <xs:element name="line" type="tns:Line" maxOccurs="unbounded"/>
          <xs:choice minOccurs="0">
            <xs:element name="card" type="xs:string"/>
            <xs:sequence><xs:element name="iban" type="xs:string"/><xs:element name="bic" type="xs:string" minOccurs="0"/></xs:sequence>
          </xs:choice>
          <xs:sequence minOccurs="0" maxOccurs="unbounded">
            <xs:element name="key" type="xs:string"/><xs:element name="value" type="xs:int"/>
          </xs:sequence>
          <xs:group ref="tns:Extras"/>
          <xs:element name="parent" type="tns:Order" minOccurs="0"/>
        </xs:sequence>
        <xs:attribute name="id" type="xs:int"/>
        <xs:attribute ref="c:lang"/>
        <xs:attributeGroup ref="tns:Marks"/>
      </xs:complexType>
      <xs:group name="Extras"><xs:sequence>
        <xs:element ref="c:note" minOccurs="0"/>
        <xs:element name="codes" type="tns:Codes" minOccurs="0"/>
      </xs:sequence></xs:group>
      <xs:attributeGroup name="Marks"><xs:attribute name="urgent" type="xs:boolean"/></xs:attributeGroup>
      <xs:simpleType name="Codes"><xs:list itemType="xs:int"/></xs:simpleType>
      <xs:complexType name="Line"><xs:all>
        <xs:element name="sku" type="xs:string"/>
        <xs:element name="price" type="c:Money"/>
        <xs:element name="wish" type="xs:date" nillable="true" minOccurs="0"/>
      </xs:all></xs:complexType>
      <xs:complexType name="Party" abstract="true"><xs:sequence><xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType>
      <xs:complexType name="Person"><xs:complexContent><xs:extension base="tns:Party"><xs:sequence>
        <xs:element name="born" type="xs:gYear" minOccurs="0"/>
      </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
      <xs:complexType name="Firm"><xs:complexContent><xs:extension base="tns:Party"><xs:sequence>
        <xs:element name="vat" type="xs:string"/>
      </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
    </xs:schema>
  </types>
  <message name="in"><part name="body" element="tns:placeOrder"/></message>
  <message name="out"><part name="body" element="tns:placeOrderResponse"/></message>
  <portType name="ShopPort"><operation name="placeOrder"><input message="tns:in"/><output message="tns:out"/></operation></portType>
  <binding name="ShopBinding" type="tns:ShopPort"><soap:binding style="document" transport="${SOAP_HTTP}"/>
    <operation name="placeOrder"><soap:operation soapAction=""/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
  <service name="ShopService"><port name="ShopPort" binding="tns:ShopBinding"><soap:address location="http://x/"/></port></service>
</definitions>`;

/** An rpc service; `use` is literal, or encoded as many PHP services still are. */
export const rpcWsdl = (use: 'literal' | 'encoded'): string => `<definitions name="Calc"
  xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:tns="urn:calc" targetNamespace="urn:calc">
  <message name="addRequest"><part name="a" type="xsd:int"/><part name="b" type="xsd:int"/></message>
  <message name="addResponse"><part name="return" type="xsd:int"/></message>
  <portType name="CalcPort"><operation name="add"><input message="tns:addRequest"/><output message="tns:addResponse"/></operation></portType>
  <binding name="CalcBinding" type="tns:CalcPort"><soap:binding style="rpc" transport="${SOAP_HTTP}"/>
    <operation name="add"><soap:operation soapAction="urn:calc#add"/>
      <input><soap:body use="${use}" namespace="urn:calc"/></input><output><soap:body use="${use}" namespace="urn:calc"/></output></operation></binding>
  <service name="CalcService"><port name="CalcPort" binding="tns:CalcBinding"><soap:address location="http://x/"/></port></service>
</definitions>`;
