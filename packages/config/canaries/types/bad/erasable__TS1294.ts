export enum Size {
  Small,
}
